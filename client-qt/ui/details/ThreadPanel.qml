import QtQuick
import Starling.Ui

FocusScope {
    id: panel
    required property var room
    property bool narrow: false
    signal dialogWanted(string name, var argument)
    signal notice(string text, string kind)

    Timeline {
        id: timeline
        width: parent.width
        height: composer.y - Theme.sp(2)
        room: panel.room
        model: panel.room.thread ?? null
        inThread: true
        narrow: true
        onReplyWanted: message => composer.beginReply(message)
        onEditWanted: message => composer.beginEdit(message)
        onDialogWanted: (name, argument) => panel.dialogWanted(name, argument)
        onNotice: (text, kind) => panel.notice(text, kind)
    }
    Composer {
        id: composer
        focus: true
        x: Theme.sp(2)
        width: parent.width - 2 * x
        y: parent.height - height - Theme.sp(panel.narrow ? 2 : 4)
        room: panel.room
        threadRoot: panel.room.threadRoot ?? 1
        onLastWanted: timeline.editLast()
        onSent: timeline.toEnd()
    }
}
