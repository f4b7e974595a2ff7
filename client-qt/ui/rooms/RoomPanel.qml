import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// The left column: server and new conversations, the switcher, invitations, the rooms by section, oneself.
FocusScope {
    id: panel
    required property var app
    required property var session
    signal opened(string roomId)
    signal switcherWanted()
    signal searchWanted()
    signal accountWanted(string tab)
    signal dialogWanted(string name, var argument)

    function move(by) {
        const from = list.currentIndex;
        for (let at = from + by; at >= 0 && at < list.count; at += by) {
            list.currentIndex = at;
            if (list.currentItem?.isFolder) continue;
            list.currentItem?.choose();
            return;
        }
        list.currentIndex = from;
    }
    function openMenu(row, x, y) {
        list.currentIndex = row.index;
        menu.row = { roomId: row.roomId, title: row.title, kind: row.kind, folder: row.folder, muted: row.muted };
        menu.popup(row, x, y);
    }
    readonly property string serverName: {
        const s = panel.app.serverName ?? "";
        return s || "Starling";
    }

    Rectangle { anchors.fill: parent; color: Theme.sidebar }
    Item {
        id: head
        width: parent.width
        height: Theme.barHeight
        Item {
            id: serverButton
            objectName: "serverMenuButton"
            function open() { serverMenu.open(); }
            x: Theme.sp(2)
            width: create.x - x - Theme.sp(2)
            height: Theme.sp(10)
            anchors.verticalCenter: parent.verticalCenter
            activeFocusOnTab: true
            Accessible.role: Accessible.ButtonMenu
            Accessible.name: qsTr("Servers and account: %1").arg(panel.serverName)
            Accessible.onPressAction: open()
            Keys.onReturnPressed: open()
            Keys.onSpacePressed: open()
            Rectangle {
                anchors.fill: parent
                radius: Theme.radius
                color: hover.hovered || serverMenu.visible ? Theme.hover : "transparent"
                FocusRing { shown: serverButton.activeFocus; gap: 0 }
            }
            HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
            TapHandler { onTapped: serverButton.open() }
            Logo {
                id: mark
                size: Theme.sp(7)
                x: Theme.sp(1.5)
                anchors.verticalCenter: parent.verticalCenter
            }
            Label {
                id: name
                x: mark.x + mark.width + Theme.sp(2)
                width: Math.min(implicitWidth, parent.width - x - Theme.sp(6))
                anchors.verticalCenter: parent.verticalCenter
                text: panel.serverName
                font.pixelSize: Theme.title
                font.weight: Font.DemiBold
                Accessible.ignored: true
            }
            Icon {
                x: name.x + name.width + Theme.sp(1)
                anchors.verticalCenter: parent.verticalCenter
                name: "chevron-down"
                size: Theme.iconSmall
            }
            ServerMenu {
                id: serverMenu
                y: parent.height + Theme.sp(1)
                app: panel.app
                onAccountWanted: tab => panel.accountWanted(tab)
            }
        }
        IconButton {
            id: create
            objectName: "createButton"
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "pencil-plus"
            text: qsTr("New conversation")
            onClicked: createMenu.open()
            Menu {
                id: createMenu
                y: parent.height + Theme.sp(1)
                x: parent.width - width
                MenuItem { text: qsTr("New direct message…"); iconName: "message"; shortcut: "Ctrl+N"; onTriggered: panel.dialogWanted("direct", null) }
                MenuItem { text: qsTr("New room…"); iconName: "hash"; shortcut: "Ctrl+Shift+N"; onTriggered: panel.dialogWanted("create", null) }
                MenuItem { text: qsTr("Browse public rooms…"); iconName: "compass"; onTriggered: panel.dialogWanted("browse", null) }
                MenuItem { text: qsTr("Join by a link…"); iconName: "link"; onTriggered: panel.dialogWanted("link", null) }
            }
        }
    }
    Item {
        id: jump
        x: Theme.sp(3)
        y: head.height
        width: parent.width - 2 * x
        height: Theme.sp(8.5)
        Rectangle {
            id: jumpField
            width: parent.width - searchButton.width - Theme.sp(1)
            height: parent.height
            radius: Theme.radius
            color: jumpHover.hovered ? Theme.hover : Theme.sunken
            activeFocusOnTab: true
            Accessible.role: Accessible.Button
            Accessible.name: qsTr("Jump to a room or person, Ctrl+K")
            Accessible.onPressAction: panel.switcherWanted()
            Keys.onReturnPressed: panel.switcherWanted()
            Keys.onSpacePressed: panel.switcherWanted()
            FocusRing { shown: jumpField.activeFocus; gap: 0 }
            HoverHandler { id: jumpHover; cursorShape: Qt.PointingHandCursor }
            TapHandler { onTapped: panel.switcherWanted() }
            Icon { id: jumpIcon; x: Theme.sp(2); anchors.verticalCenter: parent.verticalCenter; name: "filter"; size: Theme.iconSmall + 2 }
            Label {
                x: jumpIcon.x + jumpIcon.width + Theme.sp(2)
                width: jumpKeys.x - x - Theme.sp(1)
                anchors.verticalCenter: parent.verticalCenter
                text: qsTr("Jump to…")
                font.pixelSize: Theme.label
                color: Theme.textFaint
                Accessible.ignored: true
            }
            Label {
                id: jumpKeys
                anchors.right: parent.right
                anchors.rightMargin: Theme.sp(2.5)
                anchors.verticalCenter: parent.verticalCenter
                text: "Ctrl K"
                font.pixelSize: Theme.caption
                color: Theme.textFaint
                Accessible.ignored: true
            }
        }
        IconButton {
            id: searchButton
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            iconName: "search"
            text: qsTr("Search messages")
            shortcut: "Ctrl+Shift+F"
            onClicked: panel.searchWanted()
        }
    }
    ListView {
        id: list
        objectName: "roomList"
        function settle() { if (contentY <= 0) positionViewAtBeginning(); }
        y: jump.y + jump.height + Theme.sp(2)
        width: parent.width
        height: me.y - y
        clip: true
        focus: true
        activeFocusOnTab: true
        reuseItems: true
        boundsBehavior: Flickable.StopAtBounds
        keyNavigationEnabled: true
        highlightMoveDuration: 0
        cacheBuffer: height > 0 ? height : 0
        model: panel.session.rooms
        section.property: "section"
        section.delegate: Item {
            required property string section
            width: list.width
            height: section ? Theme.sp(7.5) : 0
            Label {
                x: Theme.sp(4)
                width: parent.width - 2 * x
                anchors.bottom: parent.bottom
                anchors.bottomMargin: Theme.sp(1)
                text: parent.section
                font.pixelSize: Theme.small
                font.weight: Font.DemiBold
                color: Theme.textFaint
                Accessible.role: Accessible.Heading
            }
        }
        header: Invitations {
            width: list.width
            session: panel.session
            onHeightChanged: Qt.callLater(list.settle)
        }
        delegate: RoomRow {
            width: list.width
            current: ListView.isCurrentItem && list.activeFocus
            onChosen: { list.currentIndex = index; panel.opened(roomId); }
            onFolded: collapsed => { list.currentIndex = index; panel.session.folders.setCollapsed(folder, collapsed); }
            onMenuWanted: (x, y) => panel.openMenu(this, x, y)
            onActiveChanged: if (active) list.currentIndex = index
            Component.onCompleted: if (active) list.currentIndex = index
        }
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Rooms")
        Keys.onReturnPressed: currentItem?.choose()
        Keys.onSpacePressed: currentItem?.choose()
        Keys.onPressed: event => {
            const row = currentItem;
            const menuKey = event.key === Qt.Key_Menu || event.key === Qt.Key_F10 && (event.modifiers & Qt.ShiftModifier);
            if (row && menuKey) panel.openMenu(row, Theme.sp(4), row.height);
            else if (row?.isFolder && event.key === Qt.Key_Left) row.folded(true);
            else if (row?.isFolder && event.key === Qt.Key_Right) row.folded(false);
            else return;
            event.accepted = true;
        }
        T.ScrollBar.vertical: ScrollBar {}
        RoomMenu { id: menu; session: panel.session; onDialogWanted: (name, argument) => panel.dialogWanted(name, argument) }
        EmptyState {
            anchors.fill: parent
            visible: list.count === 0
            iconName: "message"
            title: qsTr("No conversations yet")
            text: qsTr("Start one with somebody, or look at what is public here.")
            Button { text: qsTr("Browse rooms"); onClicked: panel.dialogWanted("browse", null) }
        }
    }
    Item {
        id: me
        readonly property var person: panel.session.me
        width: parent.width
        height: Theme.barHeight
        anchors.bottom: parent.bottom
        Divider { width: parent.width }
        Avatar {
            id: face
            x: Theme.sp(3)
            anchors.verticalCenter: parent.verticalCenter
            size: Theme.sp(8)
            initials: me.person?.initials ?? ""
            tint: me.person?.color ?? ""
            name: me.person?.name ?? ""
            presence: panel.session.connection?.state === "online" ? "online" : "offline"
            ground: Theme.sidebar
        }
        Column {
            x: face.x + face.width + Theme.sp(2.5)
            width: (bell.visible ? bell.x : gear.x) - x - Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            Label { width: parent.width; text: me.person?.name ?? ""; font.weight: Font.Medium; font.pixelSize: Theme.label }
            Label {
                width: parent.width
                text: me.person?.statusText || "@" + (me.person?.handle ?? "")
                font.pixelSize: Theme.small
                color: Theme.textFaint
            }
        }
        IconButton {
            id: bell
            readonly property var notifications: panel.session.notifications
            anchors.right: gear.left
            anchors.verticalCenter: parent.verticalCenter
            visible: notifications.quiet
            iconName: "bell-off"
            text: qsTr("Do not disturb until %1").arg(Qt.formatTime(new Date(notifications.quietUntilMs), "HH:mm"))
            onClicked: panel.accountWanted("notifications")
        }
        IconButton {
            id: gear
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "settings"
            text: qsTr("Settings")
            shortcut: "Ctrl+,"
            onClicked: panel.accountWanted("profile")
        }
    }
}
