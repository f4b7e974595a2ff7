import QtQuick
import Starling.Ui

// The columns: rooms | centre (a room, the search, the account) | side (members, thread, pins, settings of the room).
// Three from 900 px, two from 640 (the side lies over the centre), else one with a way back.
FocusScope {
    id: chat
    required property var app
    required property var session
    readonly property var room: session.room ?? null
    readonly property int columns: width >= Theme.threeColumns * Theme.scale ? 3 : width >= Theme.twoColumns * Theme.scale ? 2 : 1

    property string centre: "room"   // "room", "search", "account"
    property string side: "members"  // "", "members", "thread", "pins", "settings"
    property bool roomsShown: true   // in one column: the list rather than the centre
    property bool sideWanted: columns === 3
    readonly property bool sideShown: side !== "" && sideWanted && centre === "room" && room !== null && (columns > 1 || !roomsShown)
    signal notice(string text, string kind)

    onColumnsChanged: sideWanted = columns === 3
    // A room also opens by an invitation, a new direct message or a notification.
    property var shown: null
    onRoomChanged: {
        if (room === shown) return;
        shown = room;
        if (room !== null) centre = "room";
        roomsShown = room === null;
    }
    Component.onCompleted: { shown = room; roomsShown = true; }

    function openRoom(roomId) {
        session.openRoom(roomId);
        centre = "room";
        roomsShown = false;
        if (columns < 3) sideWanted = false;
        if (side === "thread") side = "members";
        Qt.callLater(() => roomPage.focusComposer());
    }
    function openSide(name) {
        if (sideShown && side === name) {
            closeSide();
            return;
        }
        centre = "room";
        side = name;
        sideWanted = true;
        roomsShown = false;
    }
    function closeSide() {
        if (side === "thread") {
            room?.closeThread();
            side = "members";
        }
        sideWanted = false;
        roomPage.focusComposer();
    }
    function openSearch(roomId) {
        session.search.roomId = roomId ?? "";
        centre = "search";
        roomsShown = false;
    }
    function openAccount(tab) {
        centre = "account";
        roomsShown = false;
        if (tab) account.item.tab = tab;
    }
    function back() {
        if (columns < 3 && sideShown) closeSide();
        else if (centre !== "room") { centre = "room"; roomsShown = room === null; }
        else roomsShown = true;
    }
    function openSwitcher() { dialogs.open("switcher"); }
    function openDialog(name, argument) { dialogs.open(name, argument); }
    function openThread(seq) {
        room.openThread(seq);
        side = "thread";
        sideWanted = true;
    }

    // On its page the account says it itself.
    Connections {
        target: chat.session.account
        function onRefused(text) { if (chat.centre !== "account") chat.notice(text, "error"); }
        function onDone(what) { if (what === "blocked") chat.notice(qsTr("They are blocked."), ""); }
    }
    Shortcut { sequences: ["Ctrl+K"]; onActivated: chat.openSwitcher() }
    Shortcut { sequences: ["Ctrl+Shift+F"]; onActivated: chat.openSearch("") }
    Shortcut { sequences: [StandardKey.Find]; onActivated: chat.openSearch(chat.room?.roomId ?? "") }
    Shortcut { sequences: ["Ctrl+,"]; onActivated: chat.openAccount("profile") }
    Shortcut { sequences: ["Ctrl+N"]; onActivated: chat.openDialog("direct") }
    Shortcut { sequences: ["Ctrl+Shift+N"]; onActivated: chat.openDialog("create") }
    Shortcut { sequences: ["Alt+Down"]; onActivated: rooms.move(1) }
    Shortcut { sequences: ["Alt+Up"]; onActivated: rooms.move(-1) }
    Shortcut { sequences: ["Ctrl+I"]; onActivated: chat.openSide("members") }
    Shortcut { sequences: ["Alt+Left"]; onActivated: chat.back() }
    Shortcut { sequences: ["F6"]; onActivated: chat.nextPane(1) }
    Shortcut { sequences: ["Shift+F6"]; onActivated: chat.nextPane(-1) }
    Keys.onEscapePressed: event => {
        if (columns < 3 && sideShown || centre !== "room") back();
        else event.accepted = false;
    }

    function nextPane(by) {
        const panes = [rooms, roomPage.timelineView, roomPage.composer, sidePanel].filter(p => p && p.visible);
        const at = panes.findIndex(p => p.activeFocus);
        panes[(at + by + panes.length) % panes.length].forceActiveFocus(Qt.TabFocusReason);
    }

    ConnectionBar {
        id: bar
        width: parent.width
        connection: chat.session.connection
    }
    Item {
        id: area
        anchors.fill: parent
        anchors.topMargin: bar.height

        RoomPanel {
            id: rooms
            app: chat.app
            session: chat.session
            visible: chat.columns > 1 || chat.roomsShown
            width: chat.columns > 1 ? Math.min(Theme.sp(chat.columns > 2 ? 71 : 62), area.width * 0.4) : area.width
            height: parent.height
            onOpened: roomId => chat.openRoom(roomId)
            onSwitcherWanted: chat.openSwitcher()
            onSearchWanted: chat.openSearch("")
            onAccountWanted: tab => chat.openAccount(tab)
            onDialogWanted: (name, argument) => chat.openDialog(name, argument)
        }
        Divider {
            id: line
            x: rooms.width
            visible: chat.columns > 1
            height: parent.height
        }
        Item {
            id: centreArea
            x: chat.columns > 1 ? rooms.width + line.width : 0
            width: (chat.columns === 3 && chat.sideShown ? sidePanel.x : area.width) - x
            height: parent.height
            visible: chat.columns > 1 || !chat.roomsShown

            RoomPage {
                id: roomPage
                anchors.fill: parent
                visible: chat.centre === "room" && (chat.columns > 1 || !chat.sideShown)
                room: chat.room
                session: chat.session
                narrow: chat.columns === 1
                sideShown: chat.sideShown ? chat.side : ""
                onBackWanted: chat.back()
                onSideWanted: name => chat.openSide(name)
                onSearchWanted: chat.openSearch(chat.room.roomId)
                onThreadWanted: seq => chat.openThread(seq)
                onDialogWanted: (name, argument) => chat.openDialog(name, argument)
                onNotice: (text, kind) => chat.notice(text, kind)
            }
            Loader {
                id: search
                anchors.fill: parent
                active: chat.centre === "search"
                sourceComponent: SearchPage {
                    session: chat.session
                    narrow: chat.columns === 1
                    onBackWanted: chat.back()
                    onHitOpened: (roomId, seq) => {
                        chat.openRoom(roomId);
                        chat.session.room?.jumpTo(seq);
                    }
                }
                onLoaded: item.begin()
            }
            Loader {
                id: account
                anchors.fill: parent
                active: chat.centre === "account"
                sourceComponent: AccountPage {
                    app: chat.app
                    session: chat.session
                    narrow: chat.columns === 1
                    onBackWanted: chat.back()
                    onNotice: (text, kind) => chat.notice(text, kind)
                }
            }
        }
        Rectangle {
            visible: chat.columns === 2 && chat.sideShown
            anchors.right: sidePanel.left
            width: Theme.sp(1.5)
            height: parent.height
            color: Theme.shadow
        }
        SidePanel {
            id: sidePanel
            room: chat.room
            session: chat.session
            panel: chat.side
            narrow: chat.columns === 1
            visible: chat.sideShown
            width: chat.columns === 1 ? area.width : Theme.sp(chat.side === "thread" || chat.side === "settings" ? 88 : 70)
            x: area.width - width
            height: parent.height
            onClosed: chat.closeSide()
            onPanelWanted: name => chat.side = name
            onDialogWanted: (name, argument) => chat.openDialog(name, argument)
            onNotice: (text, kind) => chat.notice(text, kind)
            onJumpWanted: seq => {
                if (chat.columns === 1) chat.closeSide();
                chat.room.jumpTo(seq);
            }
        }
    }
    Dialogs {
        id: dialogs
        session: chat.session
        onRoomWanted: roomId => chat.openRoom(roomId)
        onDirectWanted: userId => {
            chat.session.openDirect(userId);
            chat.centre = "room";
            chat.roomsShown = false;
        }
        onNotice: (text, kind) => chat.notice(text, kind)
    }
}
