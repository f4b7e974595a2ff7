import QtQuick
import Starling.Ui

SettingsGroup {
    id: group
    required property var account
    title: qsTr("Devices")
    text: qsTr("Wherever you are signed in. What you do not know, sign out, and change the password.")

    Repeater {
        id: rows
        model: group.account.devices
        Item {
            id: row
            required property string device
            required property string name
            required property double createdMs
            required property double lastSeenMs
            required property string address
            required property bool current
            width: parent.width
            height: Math.max(words.height, revoke.height) + Theme.sp(5)
            Rectangle {
                id: dot
                anchors.verticalCenter: parent.verticalCenter
                width: Theme.sp(9)
                height: width
                radius: Theme.radius
                color: Theme.sunken
                Icon { anchors.centerIn: parent; name: "device" }
            }
            Column {
                id: words
                x: dot.width + Theme.sp(3)
                width: (row.current ? parent.width : revoke.x - Theme.sp(3)) - x
                anchors.verticalCenter: parent.verticalCenter
                spacing: 1
                Label { width: parent.width; text: row.name; font.weight: Font.Medium; wrapMode: Text.Wrap }
                Label {
                    width: parent.width
                    wrapMode: Text.Wrap
                    text: row.current ? qsTr("This device") : qsTr("Last seen %1").arg(Qt.formatDateTime(new Date(row.lastSeenMs), "d MMM yyyy, HH:mm"))
                    font.pixelSize: Theme.small
                    color: row.current ? Theme.success : Theme.textMuted
                }
                Label {
                    width: parent.width
                    wrapMode: Text.Wrap
                    text: qsTr("%1, since %2").arg(row.address).arg(Qt.formatDate(new Date(row.createdMs), "d MMM yyyy"))
                    font.pixelSize: Theme.small
                    color: Theme.textFaint
                }
            }
            Button {
                id: revoke
                visible: !row.current
                small: true
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("Sign out")
                onClicked: group.account.revokeDevice(row.device)
            }
            Divider { width: parent.width; anchors.bottom: parent.bottom }
        }
    }
    Button {
        visible: rows.count > 1
        iconName: "logout"
        text: qsTr("Sign out all others")
        onClicked: group.account.revokeOthers()
    }
}
