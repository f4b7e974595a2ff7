import QtQuick
import Starling.Ui

// What can be done with a row of the list: a room or a folder.
Menu {
    id: menu
    required property var session
    property var row: ({})
    readonly property bool ofFolder: row.kind === "folder"
    signal dialogWanted(string name, var argument)

    implicitWidth: Theme.sp(60)
    MenuItem {
        text: menu.row.muted ? qsTr("Let it notify again") : qsTr("Mute notifications")
        iconName: menu.row.muted ? "bell" : "bell-off"
        visible: !menu.ofFolder
        onTriggered: menu.session.muteRoom(menu.row.roomId, !menu.row.muted)
    }
    MenuItem { text: qsTr("Move to a folder…"); iconName: "folder"; visible: !menu.ofFolder; onTriggered: menu.dialogWanted("folder", menu.row) }
    MenuItem {
        text: qsTr("Take out of the folder")
        iconName: "close"
        visible: !menu.ofFolder && (menu.row.folder ?? "") !== ""
        onTriggered: menu.session.folders.move(menu.row.roomId, "")
    }
    MenuItem { text: qsTr("Rename the folder…"); iconName: "edit"; visible: menu.ofFolder; onTriggered: menu.dialogWanted("renameFolder", menu.row) }
    MenuItem { text: qsTr("Remove the folder…"); iconName: "trash"; dangerous: true; visible: menu.ofFolder; onTriggered: menu.dialogWanted("removeFolder", menu.row) }
}
