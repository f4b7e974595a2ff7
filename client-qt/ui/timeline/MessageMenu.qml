import QtQuick
import Starling.Ui

Menu {
    id: menu
    property var message: ({})
    property var room
    property bool inThread: false
    readonly property bool sent: (message.seq ?? 0) > 0 && !message.deleted
    readonly property bool refused: message.state === "failed" || (message.refusedId ?? "") !== ""
    readonly property bool moderator: room?.moderator ?? false
    signal acted(string what, var message)
    signal reacted(string emoji, var message)

    implicitWidth: Theme.sp(60)
    MenuItem { text: qsTr("Try again"); iconName: "refresh"; visible: menu.refused; onTriggered: menu.acted("retry", menu.message) }
    MenuItem { text: qsTr("Discard"); iconName: "trash"; dangerous: true; visible: menu.refused; onTriggered: menu.acted("discard", menu.message) }
    MenuItem { text: qsTr("Reply"); iconName: "reply"; shortcut: "R"; visible: menu.sent; onTriggered: menu.acted("reply", menu.message) }
    MenuItem { text: qsTr("Open thread"); iconName: "thread"; shortcut: "T"; visible: menu.sent && !menu.inThread; onTriggered: menu.acted("thread", menu.message) }
    MenuItem { text: qsTr("Edit"); iconName: "edit"; shortcut: "E"; visible: menu.sent && menu.message.own === true; onTriggered: menu.acted("edit", menu.message) }
    MenuItem { text: qsTr("Copy text"); iconName: "copy"; shortcut: "C"; visible: !menu.message.deleted; onTriggered: menu.acted("copy", menu.message) }
    MenuItem {
        text: menu.message.pinned ? qsTr("Unpin") : qsTr("Pin")
        iconName: "pin"
        shortcut: "P"
        visible: menu.sent
        onTriggered: menu.acted("pin", menu.message)
    }
    MenuItem { text: qsTr("Delivery details…"); iconName: "info"; shortcut: "I"; visible: (menu.message.seq ?? 0) > 0; onTriggered: menu.acted("details", menu.message) }
    MenuLine { visible: menu.sent && (menu.message.own === true || menu.moderator) }
    MenuItem {
        text: qsTr("Delete…")
        iconName: "trash"
        shortcut: "Del"
        dangerous: true
        visible: menu.sent && (menu.message.own === true || menu.moderator)
        onTriggered: menu.acted("delete", menu.message)
    }
}
