import QtQuick
import Starling.Ui

// Where a room is to lie: in a folder that is there, in a new one, or in none.
Dialog {
    id: dialog
    required property var session
    property var room: ({})
    readonly property string folder: room?.folder ?? ""
    title: qsTr("Move to a folder")
    text: room?.title ?? ""
    wanted: Theme.sp(96)
    onAboutToShow: { fresh.clear(); fresh.forceActiveFocus(); }
    function move(name) { session.folders.move(room.roomId, name); close(); }
    actions: [
        Button {
            kind: "primary"
            text: qsTr("Make the folder")
            enabled: fresh.text.trim() !== ""
            onClicked: dialog.move(fresh.text.trim())
        },
        Button { text: qsTr("Cancel"); onClicked: dialog.close() }
    ]
    Column {
        width: parent.width
        spacing: Theme.sp(3)
        Column {
            width: parent.width
            Repeater {
                model: [""].concat(dialog.session.folders.names)
                Choice {
                    required property string modelData
                    width: parent.width
                    text: modelData || qsTr("No folder")
                    iconName: modelData ? "folder" : "inbox"
                    chosen: modelData === dialog.folder
                    onClicked: dialog.move(modelData)
                }
            }
        }
        TextField {
            id: fresh
            objectName: "newFolder"
            width: parent.width
            label: qsTr("New folder")
            placeholder: qsTr("Its name")
            iconName: "folder"
            maximumLength: 40
            onAccepted: if (text.trim() !== "") dialog.move(text.trim())
        }
    }
}
