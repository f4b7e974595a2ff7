import QtQuick
import QtQuick.Templates as T
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
                T.AbstractButton {
                    id: choice
                    required property string modelData
                    readonly property bool on: modelData === dialog.folder
                    width: parent.width
                    implicitHeight: Theme.sp(9)
                    focusPolicy: Qt.StrongFocus
                    text: modelData || qsTr("No folder")
                    Accessible.role: Accessible.RadioButton
                    Accessible.name: text
                    Accessible.checked: on
                    Keys.onReturnPressed: clicked()
                    Keys.onDownPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
                    Keys.onUpPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
                    onClicked: dialog.move(modelData)
                    HoverHandler { cursorShape: Qt.PointingHandCursor }
                    contentItem: Item {
                        Icon {
                            id: icon
                            x: Theme.sp(2)
                            anchors.verticalCenter: parent.verticalCenter
                            name: choice.modelData ? "folder" : "inbox"
                            color: choice.on ? Theme.accentText : Theme.textMuted
                        }
                        Label {
                            x: icon.x + icon.width + Theme.sp(2.5)
                            width: check.x - x - Theme.sp(2)
                            anchors.verticalCenter: parent.verticalCenter
                            text: choice.text
                            color: choice.on ? Theme.accentText : Theme.text
                            Accessible.ignored: true
                        }
                        Icon {
                            id: check
                            anchors.right: parent.right
                            anchors.rightMargin: Theme.sp(2)
                            anchors.verticalCenter: parent.verticalCenter
                            visible: choice.on
                            name: "check"
                            color: Theme.accentText
                        }
                    }
                    background: Rectangle {
                        radius: Theme.radius
                        color: choice.on ? Theme.accentSoft : choice.hovered ? Theme.hover : "transparent"
                        FocusRing { shown: choice.visualFocus; gap: 0 }
                    }
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
