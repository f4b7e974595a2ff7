import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// The messages of a room or of a thread, oldest first. It stays at the newest message until the reader scrolls away, asks for
// older ones before the reader arrives at the top, and says what arrived below meanwhile.
FocusScope {
    id: timeline
    property var room
    property var model
    property bool narrow: false
    property bool inThread: false
    property bool atEnd: true
    readonly property bool live: model?.atLive ?? true
    readonly property alias view: list
    signal replyWanted(var message)
    signal editWanted(var message)
    signal threadWanted(var seq)
    signal dialogWanted(string name, var argument)
    signal notice(string text, string kind)

    function toEnd() {
        if (!live) room.jumpTo(0);
        atEnd = true;
        list.positionViewAtEnd();
    }
    function open() {
        atEnd = true;
        const unread = model?.firstUnreadIndex ?? -1;
        if (unread > 0) {
            list.positionViewAtIndex(unread, ListView.Center);
            atEnd = list.atYEnd;
        } else {
            list.positionViewAtEnd();
        }
        list.currentIndex = -1;
    }
    function editLast() {
        for (let i = list.count - 1; i >= 0; --i) {
            const row = list.itemAtIndex(i);
            if (!row) return;
            if (row.own && !row.deleted && row.kind === "message" && row.seq > 0) {
                editWanted(row.snapshot());
                return;
            }
        }
    }
    function openMenu(row, x, y) {
        menu.message = row.snapshot();
        const at = row.mapToItem(timeline, x, y);
        menu.popup(timeline, at.x, at.y);
    }
    function act(what, message) {
        switch (what) {
        case "reply": replyWanted(message); break;
        case "edit": editWanted(message); break;
        case "thread": threadWanted(message.threadRoot || message.seq); break;
        case "pin": room.pin(message.seq, !message.pinned); break;
        case "copy": clipboard.put(message.text); notice(qsTr("Copied"), ""); break;
        case "delete": dialogWanted("delete", message); break;
        case "details": dialogWanted("details", Object.assign({ index: message.index }, timeline.model.details(message.index))); break;
        case "retry": room.retry(message.refusedId || message.localId); break;
        case "discard": room.discard(message.refusedId || message.localId); break;
        }
    }

    property var opened: null
    onModelChanged: {
        if (model === opened) return;
        opened = model;
        Qt.callLater(open);
    }
    Accessible.role: Accessible.List
    Accessible.name: inThread ? qsTr("Thread") : qsTr("Messages")

    TextEdit {
        id: clipboard
        visible: false
        textFormat: TextEdit.PlainText
        function put(words) {
            text = words;
            selectAll();
            copy();
            text = "";
        }
    }

    Connections {
        target: timeline.model
        ignoreUnknownSignals: true
        function onJumped(index) {
            timeline.atEnd = false;
            list.positionViewAtIndex(index, ListView.Center);
        }
    }
    ListView {
        id: list
        objectName: timeline.inThread ? "thread" : "timeline"
        anchors.fill: parent
        model: timeline.model
        clip: true
        focus: true
        activeFocusOnTab: true
        reuseItems: true
        boundsBehavior: Flickable.StopAtBounds
        keyNavigationEnabled: true
        highlightFollowsCurrentItem: false
        currentIndex: -1
        cacheBuffer: Math.max(0, height)
        bottomMargin: Theme.sp(1)
        topMargin: Theme.sp(2)
        T.ScrollBar.vertical: ScrollBar {}

        // The end may have moved, and the reader away from it, before the event loop comes to this.
        function stick() { if (timeline.atEnd && !moving) positionViewAtEnd(); }
        onMovementEnded: timeline.atEnd = atYEnd && timeline.live
        onCountChanged: Qt.callLater(stick)
        onContentHeightChanged: Qt.callLater(stick)
        onHeightChanged: Qt.callLater(stick)
        onContentYChanged: {
            if (timeline.model?.hasOlder && !timeline.model.loadingOlder && contentY - originY < height)
                timeline.model.loadOlder();
            if (moving || wheel.active) timeline.atEnd = atYEnd && timeline.live;
            if (atYEnd) seen.restart();
        }
        onCurrentIndexChanged: if (currentIndex >= 0) positionViewAtIndex(currentIndex, ListView.Contain)
        WheelHandler { id: wheel; target: null; onWheel: Qt.callLater(() => timeline.atEnd = list.atYEnd && timeline.live) }
        Keys.onPressed: event => {
            const row = currentItem;
            const of = { [Qt.Key_R]: "reply", [Qt.Key_E]: "edit", [Qt.Key_T]: "thread", [Qt.Key_P]: "pin", [Qt.Key_C]: "copy", [Qt.Key_I]: "details", [Qt.Key_Delete]: "delete" };
            if (event.key === Qt.Key_End) timeline.toEnd();
            else if (!row || event.modifiers !== Qt.NoModifier) return;
            else if (event.key === Qt.Key_Return || event.key === Qt.Key_Menu) timeline.openMenu(row, Theme.sp(16), row.height);
            else if (event.key in of && row.kind === "message" && (of[event.key] !== "edit" && of[event.key] !== "delete" || row.own)) timeline.act(of[event.key], row.snapshot());
            else return;
            event.accepted = true;
        }
        onActiveFocusChanged: if (activeFocus && currentIndex < 0) currentIndex = count - 1

        header: Item {
            width: list.width
            height: start.visible ? start.height + Theme.sp(8) : timeline.model?.loadingOlder ? Theme.sp(10) : 0
            Label {
                anchors.centerIn: parent
                visible: timeline.model?.loadingOlder ?? false
                text: qsTr("Loading older messages…")
                font.pixelSize: Theme.small
                color: Theme.textFaint
            }
            Column {
                id: start
                visible: !timeline.inThread && timeline.model !== null && !(timeline.model?.hasOlder ?? true) && !(timeline.model?.loadingOlder ?? false)
                x: Theme.sp(timeline.narrow ? 3 : 5)
                y: Theme.sp(6)
                width: parent.width - 2 * x
                spacing: Theme.sp(1)
                Label {
                    width: parent.width
                    text: timeline.room?.title ?? ""
                    font.pixelSize: Theme.heading
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                }
                Label {
                    width: parent.width
                    text: qsTr("This is where the conversation begins.")
                    color: Theme.textMuted
                    wrapMode: Text.Wrap
                }
            }
        }
        delegate: MessageRow {
            width: list.width
            narrow: timeline.narrow
            inThread: timeline.inThread
            current: ListView.isCurrentItem && list.activeFocus
            onMenuWanted: (x, y) => timeline.openMenu(this, x, y)
            onHoveredChanged: if (hovered) actions.row = this; else actions.leftRow(this)
            onActed: (what, message) => timeline.act(what, message)
            onReacted: emoji => timeline.room.react(seq, emoji)
            onReactWanted: item => picker.openFor(seq, item)
            onDayPressed: at => {
                if (timeline.inThread) return;
                const where = at.mapToItem(timeline, 0, at.height + Theme.sp(1));
                dayMenu.popup(timeline, where.x, where.y);
            }
            onQuoteOpened: timeline.room.jumpTo(replyTo)
        }
    }
    EmptyState {
        anchors.fill: parent
        visible: list.count === 0 && timeline.model !== null && !timeline.inThread && !(timeline.model?.loadingOlder ?? false)
        iconName: "smile"
        title: qsTr("Nothing here yet")
        text: qsTr("Write the first message below.")
    }
    Timer {
        id: seen
        interval: 400
        onTriggered: if (list.atYEnd && timeline.visible && timeline.live && (timeline.Window.active ?? true)) timeline.room?.markRead()
    }
    MessageActions {
        id: actions
        area: timeline
        onActed: (what, message) => timeline.act(what, message)
        onReacted: (emoji, message) => timeline.room.react(message.seq, emoji)
        onReactWanted: message => picker.openFor(message.seq, actions)
        onMenuWanted: message => { menu.message = message; menu.popup(timeline, actions.x + actions.width - menu.implicitWidth, actions.y + actions.height + Theme.sp(1)); }
    }
    MessageMenu {
        id: menu
        room: timeline.room
        inThread: timeline.inThread
        onActed: (what, message) => timeline.act(what, message)
        onReacted: (emoji, message) => timeline.room.react(message.seq, emoji)
    }
    DayMenu { id: dayMenu; objectName: "dayMenu"; room: timeline.room }
    EmojiPicker {
        id: picker
        property var seq: 0
        function openFor(seq_, item) {
            seq = seq_;
            const at = item.mapToItem(timeline, 0, 0);
            x = Math.max(0, Math.min(timeline.width - implicitWidth - Theme.sp(4), at.x));
            y = at.y > timeline.height / 2 ? at.y - implicitHeight - Theme.sp(1) : at.y + item.height + Theme.sp(1);
            open();
        }
        onChosen: emoji => { timeline.room.react(seq, emoji); close(); }
    }
    LatestPill {
        anchors.horizontalCenter: parent.horizontalCenter
        y: parent.height - height - Theme.sp(3)
        shown: !timeline.atEnd || !timeline.live
        count: timeline.model?.newBelow ?? 0
        onClicked: timeline.toEnd()
    }
}
