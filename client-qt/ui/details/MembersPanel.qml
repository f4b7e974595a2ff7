import QtQuick
import QtQuick.Templates as T
import Starling.Ui

FocusScope {
    id: panel
    required property var room
    required property var session
    readonly property bool moderator: room?.moderator ?? false
    signal dialogWanted(string name, var argument)

    function openMenu(row) { menu.showFor(row); }
    TextField {
        id: field
        x: Theme.sp(3)
        y: Theme.sp(3)
        width: parent.width - 2 * x - (add.visible ? add.width + Theme.sp(1) : 0)
        placeholder: qsTr("Find among %1").arg(panel.room.memberCount)
        iconName: "search"
        onEdited: panel.room.members.query = text
    }
    IconButton {
        id: add
        visible: panel.room.kind !== "direct"
        anchors.right: parent.right
        anchors.rightMargin: Theme.sp(2)
        y: field.y
        iconName: "user-plus"
        text: qsTr("Invite people")
        onClicked: panel.dialogWanted("invite", null)
    }
    ListView {
        id: list
        objectName: "members"
        x: Theme.sp(1)
        y: field.y + field.height + Theme.sp(2)
        width: parent.width - 2 * x
        height: parent.height - y
        clip: true
        reuseItems: true
        activeFocusOnTab: true
        keyNavigationEnabled: true
        highlightMoveDuration: 0
        boundsBehavior: Flickable.StopAtBounds
        model: panel.room.members
        currentIndex: -1
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Members")
        onActiveFocusChanged: if (activeFocus && currentIndex < 0) currentIndex = 0
        onContentYChanged: if (panel.room.members.hasMore && contentY + 2 * height > contentHeight) panel.room.members.fetchMore()
        Keys.onReturnPressed: if (currentItem) menu.showFor(currentItem)
        Keys.onMenuPressed: if (currentItem) menu.showFor(currentItem)
        delegate: PersonRow {
            width: list.width
            ground: Theme.window
            selected: ListView.isCurrentItem && list.activeFocus
            onChosen: menu.showFor(this)
            onMenuWanted: menu.showFor(this)
        }
        EmptyState {
            anchors.fill: parent
            visible: list.count === 0
            text: qsTr("Nobody by that name.")
        }
    }
    MemberMenu {
        id: menu
        room: panel.room
        session: panel.session
        moderator: panel.moderator
        function showFor(row) {
            person = { userId: row.userId, name: row.name, role: row.role, muted: row.muted };
            const at = row.mapToItem(panel, 0, row.height);
            popup(panel, at.x + Theme.sp(2), at.y);
        }
        onDialogWanted: (name, argument) => panel.dialogWanted(name, argument)
    }
}
