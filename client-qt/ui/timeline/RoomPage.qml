import QtQuick
import Starling.Ui

// The open room: header, timeline, who is typing, composer.
FocusScope {
    id: page
    required property var session
    property var room
    property bool narrow: false
    property string sideShown
    readonly property alias timelineView: timeline
    readonly property alias composer: composer
    signal backWanted()
    signal sideWanted(string name)
    signal searchWanted()
    signal threadWanted(var seq)
    signal dialogWanted(string name, var argument)
    signal notice(string text, string kind)

    function focusComposer() { if (visible) composer.forceActiveFocus(); }

    RoomHeader {
        id: header
        width: parent.width
        visible: page.room !== null
        room: page.room
        narrow: page.narrow
        sideShown: page.sideShown
        onBackWanted: page.backWanted()
        onSideWanted: name => page.sideWanted(name)
        onSearchWanted: page.searchWanted()
    }
    Timeline {
        id: timeline
        y: header.height
        width: parent.width
        height: typing.y - y
        visible: page.room !== null
        room: page.room
        model: page.room?.timeline ?? null
        narrow: page.narrow
        onReplyWanted: message => composer.beginReply(message)
        onEditWanted: message => composer.beginEdit(message)
        onThreadWanted: seq => page.threadWanted(seq)
        onDialogWanted: (name, argument) => page.dialogWanted(name, argument)
        onNotice: (text, kind) => page.notice(text, kind)
    }
    TypingLine {
        id: typing
        x: Theme.sp(page.narrow ? 3 : 5)
        width: parent.width - 2 * x
        y: composer.y - height
        visible: page.room !== null
        text: page.room?.typing ?? ""
    }
    Composer {
        id: composer
        objectName: "composer"
        focus: true
        visible: page.room !== null
        x: Theme.sp(page.narrow ? 2 : 4)
        width: parent.width - 2 * x
        y: parent.height - height - Theme.sp(page.narrow ? 2 : 4)
        room: page.room
        narrow: page.narrow
        onLastWanted: timeline.editLast()
        onSent: timeline.toEnd()
    }
    EmptyState {
        anchors.fill: parent
        visible: page.room === null
        iconName: "message"
        title: qsTr("Choose a conversation")
        text: qsTr("Pick a room on the left, or press Ctrl+K and type where you want to go.")
    }
}
