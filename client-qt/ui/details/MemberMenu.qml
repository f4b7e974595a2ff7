import QtQuick
import Starling.Ui

Menu {
    id: menu
    property var person: ({})
    required property var room
    required property var session
    property bool moderator: false
    readonly property bool self_: person.userId === session.me.userId
    readonly property bool mayManage: moderator && !self_ && room.kind !== "direct"
    readonly property bool mayPromote: mayManage && room.admin
    signal dialogWanted(string name, var argument)

    implicitWidth: Theme.sp(60)
    MenuItem { text: qsTr("Direct message"); iconName: "message"; visible: !menu.self_; onTriggered: menu.session.openDirect(menu.person.userId) }
    MenuItem { text: qsTr("Block…"); iconName: "ban"; visible: !menu.self_; onTriggered: menu.dialogWanted("block", menu.person) }
    MenuLine { visible: menu.mayPromote }
    MenuItem { text: qsTr("Member"); iconName: "user"; visible: menu.mayPromote; checked: menu.person.role === "member"; onTriggered: menu.room.setRole(menu.person.userId, "member") }
    MenuItem { text: qsTr("Moderator"); iconName: "shield"; visible: menu.mayPromote; checked: menu.person.role === "moderator"; onTriggered: menu.room.setRole(menu.person.userId, "moderator") }
    MenuItem { text: qsTr("Admin"); iconName: "crown"; visible: menu.mayPromote; checked: menu.person.role === "admin"; onTriggered: menu.room.setRole(menu.person.userId, "admin") }
    MenuLine { visible: menu.mayManage }
    MenuItem {
        text: menu.person.muted ? qsTr("Let speak again") : qsTr("Mute in this room")
        iconName: "mute"
        visible: menu.mayManage
        onTriggered: menu.room.muteMember(menu.person.userId, !menu.person.muted)
    }
    MenuItem { text: qsTr("Remove from the room…"); iconName: "logout"; dangerous: true; visible: menu.mayManage; onTriggered: menu.dialogWanted("kick", menu.person) }
    MenuItem { text: qsTr("Ban…"); iconName: "ban"; dangerous: true; visible: menu.mayManage; onTriggered: menu.dialogWanted("ban", menu.person) }
}
