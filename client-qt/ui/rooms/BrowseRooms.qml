import QtQuick
import QtQuick.Templates as T
import Starling.Ui

Dialog {
    id: dialog
    required property var session
    signal roomWanted(string roomId)
    title: qsTr("Public rooms")
    wanted: Theme.sp(140)
    onAboutToShow: { field.clear(); dialog.session.publicRooms.query = ""; field.forceActiveFocus(); }
    FocusScope {
        width: parent.width
        height: Theme.sp(110)
        TextField {
            id: field
            focus: true
            width: parent.width
            iconName: "search"
            placeholder: qsTr("Name or topic")
            onEdited: dialog.session.publicRooms.query = text
        }
        ListView {
            id: list
            objectName: "publicRooms"
            y: field.height + Theme.sp(2)
            width: parent.width
            height: parent.height - y
            clip: true
            activeFocusOnTab: true
            keyNavigationEnabled: true
            boundsBehavior: Flickable.StopAtBounds
            model: dialog.session.publicRooms
            T.ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: dialog.title
            Keys.onReturnPressed: currentItem?.join()
            delegate: Item {
                id: row
                required property string roomId
                required property string title
                required property string topic
                required property int members
                function join() { dialog.session.joinRoom(roomId); dialog.close(); dialog.roomWanted(roomId); }
                width: list.width
                height: Theme.sp(16)
                Accessible.role: Accessible.ListItem
                Accessible.name: title
                Accessible.description: topic
                FocusRing { shown: row.ListView.isCurrentItem && list.activeFocus; gap: -1 }
                Avatar { id: face; x: Theme.sp(2); anchors.verticalCenter: parent.verticalCenter; square: true; name: row.title }
                Column {
                    x: face.x + face.width + Theme.sp(3)
                    width: joinButton.x - x - Theme.sp(3)
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: 1
                    Label { width: parent.width; text: row.title; font.weight: Font.Medium; Accessible.ignored: true }
                    Label {
                        width: parent.width
                        text: (row.members === 1 ? qsTr("1 member") : qsTr("%1 members").arg(row.members)) + (row.topic ? "  ·  " + row.topic : "")
                        font.pixelSize: Theme.small
                        color: Theme.textMuted
                        Accessible.ignored: true
                    }
                }
                Button {
                    id: joinButton
                    small: true
                    text: qsTr("Join")
                    anchors.right: parent.right
                    anchors.rightMargin: Theme.sp(2)
                    anchors.verticalCenter: parent.verticalCenter
                    onClicked: row.join()
                }
                Divider { width: parent.width; anchors.bottom: parent.bottom }
            }
            EmptyState { anchors.fill: parent; visible: list.count === 0; iconName: "compass"; title: qsTr("No room found"); text: qsTr("Public rooms are those that everybody may join.") }
        }
    }
}
