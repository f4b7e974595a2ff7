import QtQuick
import Starling.Ui

// One event of the timeline: a message with all that belongs to it, or a system line. What few messages have (quote, reactions,
// thread, dividers) is loaded only when it is there.
Item {
    id: row
    required property int index
    required property double seq
    required property string localId
    required property string kind
    required property string senderId
    required property string senderName
    required property string senderColor
    required property string senderInitials
    required property bool own
    required property string text
    required property string html
    required property string timeText
    required property string dayText
    required property bool groupStart
    required property string state
    required property string stateText
    required property bool edited
    required property bool deleted
    required property double replyTo
    required property string replyText
    required property string replySender
    required property var reactions
    required property double threadRoot
    required property int threadCount
    required property double threadLastMs
    required property bool pinned
    required property bool mentionsMe
    required property bool firstUnread
    required property string receiptText
    required property bool highlighted
    required property string refusedId
    required property string refusedText

    property bool narrow: false
    property bool inThread: false
    property bool current: false
    readonly property bool message: kind === "message"
    readonly property bool head: groupStart || dayText !== "" || firstUnread
    readonly property alias hovered: hover.hovered
    readonly property int pad: Theme.sp(narrow ? 3 : 5)
    readonly property int gutter: Theme.avatar + Theme.sp(3)
    signal menuWanted(real x, real y)
    signal acted(string what, var message)
    signal reacted(string emoji)
    signal reactWanted(Item item)
    signal quoteOpened()
    signal dayPressed(Item at)

    height: column.height
    Accessible.role: Accessible.ListItem
    Accessible.name: message ? senderName + ", " + timeText + ": " + (deleted ? qsTr("deleted") : text) + (stateText ? ", " + stateText : "") + (refusedText ? ", " + refusedText : "") : text
    Accessible.onPressAction: menuWanted(pad, height)

    function snapshot() {
        return { index, seq, localId, text, own, deleted, pinned, threadRoot, state, refusedId, sender: senderName, senderId, kind };
    }

    HoverHandler { id: hover; enabled: row.message }
    TapHandler {
        acceptedButtons: Qt.RightButton
        enabled: row.message
        onTapped: point => row.menuWanted(point.position.x, point.position.y)
    }
    TapHandler {
        acceptedDevices: PointerDevice.TouchScreen
        enabled: row.message
        onLongPressed: row.menuWanted(point.position.x, point.position.y)
    }
    Rectangle {
        y: body.y
        width: parent.width
        height: body.height
        visible: row.message
        color: row.highlighted ? Theme.accentSoft : row.mentionsMe ? Theme.mentionSoft : hover.hovered || row.current ? Theme.hover : "transparent"
        Behavior on color { ColorAnimation { duration: Theme.slow } }
        Rectangle {
            visible: row.mentionsMe || row.highlighted
            width: 3
            height: parent.height
            color: row.highlighted ? Theme.accent : Theme.mention
        }
        FocusRing { shown: row.current; gap: -2 }
    }
    Column {
        id: column
        width: parent.width
        Loader {
            active: row.dayText !== ""
            visible: active
            width: parent.width
            sourceComponent: DayLine { text: row.dayText; onPressed: at => row.dayPressed(at) }
        }
        Loader {
            active: row.firstUnread
            visible: active
            width: parent.width
            sourceComponent: UnreadLine { pad: row.pad }
        }
        Loader {
            active: !row.message
            visible: active
            width: parent.width
            sourceComponent: SystemLine { text: row.text; time: row.timeText; pad: row.pad }
        }
        Item {
            id: body
            visible: row.message
            width: parent.width
            height: visible ? content.height + content.y + Theme.sp(1) : 0

            Avatar {
                visible: row.head
                x: row.pad
                y: content.y + 2
                initials: row.senderInitials
                tint: row.senderColor
                name: row.senderName
            }
            Label {
                visible: !row.head && (hover.hovered || row.current)
                width: row.gutter - Theme.sp(2)
                x: row.pad
                y: content.y + 3
                horizontalAlignment: Text.AlignHCenter
                text: row.timeText
                font.pixelSize: Theme.caption
                color: Theme.textFaint
            }
            Column {
                id: content
                x: row.pad + row.gutter
                y: Theme.sp(row.head ? 2 : 1)
                width: parent.width - x - row.pad
                spacing: Theme.sp(0.5)

                Item {
                    visible: row.head
                    width: parent.width
                    height: name.implicitHeight
                    Label {
                        id: name
                        width: Math.min(implicitWidth, parent.width - time.width - Theme.sp(2) - (pin.visible ? Theme.sp(5) : 0))
                        text: row.senderName
                        font.weight: Font.DemiBold
                        color: Theme.legible(row.senderColor || Theme.tint(row.senderName))
                    }
                    Label {
                        id: time
                        anchors.baseline: name.baseline
                        x: name.width + Theme.sp(2)
                        text: row.timeText
                        font.pixelSize: Theme.caption
                        color: Theme.textFaint
                    }
                    Icon {
                        id: pin
                        visible: row.pinned
                        x: time.x + time.width + Theme.sp(1.5)
                        anchors.verticalCenter: time.verticalCenter
                        name: "pin"
                        size: Theme.iconSmall
                        color: Theme.mention
                    }
                }
                Loader {
                    active: row.replyTo > 0
                    visible: active
                    width: parent.width
                    sourceComponent: Quote {
                        sender: row.replySender
                        words: row.replyText
                        onOpened: row.quoteOpened()
                    }
                }
                Row {
                    visible: row.deleted
                    opacity: row.state === "sent" ? 1 : 0.65
                    spacing: Theme.sp(1.5)
                    Icon { name: "trash"; size: Theme.iconSmall; color: Theme.textFaint; anchors.verticalCenter: parent.verticalCenter }
                    Label { text: row.state === "changing" ? qsTr("Deleted, not sent yet.") : qsTr("This message was deleted."); font.italic: true; color: Theme.textFaint }
                }
                MessageText {
                    visible: !row.deleted
                    width: parent.width
                    html: row.html
                    plain: row.text
                    mark: row.edited ? row.state === "changing" ? qsTr("edited, not sent yet") : qsTr("edited") : ""
                    opacity: row.state === "sent" ? 1 : 0.65
                }
                Loader {
                    active: row.reactions.length > 0
                    visible: active
                    width: parent.width
                    sourceComponent: Reactions {
                        reactions: row.reactions
                        onReacted: emoji => row.reacted(emoji)
                        onMoreWanted: item => row.reactWanted(item)
                    }
                }
                Loader {
                    active: row.threadCount > 0 && !row.inThread
                    visible: active
                    sourceComponent: ThreadLink {
                        count: row.threadCount
                        lastMs: row.threadLastMs
                        widest: content.width
                        onClicked: row.acted("thread", row.snapshot())
                    }
                }
                Loader {
                    active: row.state === "pending" || row.state === "failed" || row.receiptText !== ""
                    visible: active
                    width: parent.width
                    sourceComponent: StateLine {
                        state_: row.state
                        text: row.state === "pending" || row.state === "failed" ? row.stateText : row.receiptText
                        onActed: what => row.acted(what, row.snapshot())
                    }
                }
                Loader {
                    active: row.refusedText !== ""
                    visible: active
                    width: parent.width
                    sourceComponent: StateLine {
                        state_: "failed"
                        text: row.refusedText
                        again: !row.deleted
                        onActed: what => row.acted(what, row.snapshot())
                    }
                }
            }
        }
    }
}
