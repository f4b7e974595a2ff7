import QtQuick
import Starling.Ui

SettingsGroup {
    id: group
    required property var account
    title: qsTr("Blocked people")
    text: qsTr("They cannot write to you directly nor invite you. In common rooms you still see each other.")

    Repeater {
        id: rows
        model: group.account.blocks
        Item {
            id: row
            required property string userId
            required property string name
            required property string handle
            required property string color
            required property string initials
            width: parent.width
            height: Theme.sp(13)
            Avatar { id: face; size: Theme.sp(9); anchors.verticalCenter: parent.verticalCenter; initials: row.initials; tint: row.color; name: row.name }
            Column {
                x: face.width + Theme.sp(3)
                width: free.x - x - Theme.sp(3)
                anchors.verticalCenter: parent.verticalCenter
                Label { width: parent.width; text: row.name; font.weight: Font.Medium }
                Label { width: parent.width; text: "@" + row.handle; font.pixelSize: Theme.small; color: Theme.textFaint }
            }
            Button {
                id: free
                small: true
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("Unblock")
                onClicked: group.account.unblock(row.userId)
            }
        }
    }
    Label { visible: rows.count === 0; text: qsTr("Nobody."); color: Theme.textFaint }
}
