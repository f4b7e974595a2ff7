import QtQuick
import Starling.Ui

// A folder's row: open or not, its name, and what waits in it.
Item {
    id: head
    required property string title
    required property bool collapsed
    required property int unread
    required property int mentions

    Icon {
        id: arrow
        x: Theme.sp(4)
        anchors.verticalCenter: parent.verticalCenter
        name: head.collapsed ? "chevron-right" : "chevron-down"
        size: Theme.iconSmall
        color: Theme.textFaint
    }
    Label {
        x: arrow.x + arrow.width + Theme.sp(1.5)
        width: (badges.visible ? badges.x - Theme.sp(2) : head.width - Theme.sp(4)) - x
        anchors.verticalCenter: parent.verticalCenter
        text: head.title
        font.pixelSize: Theme.small
        font.weight: Font.DemiBold
        color: head.unread > 0 ? Theme.text : Theme.textFaint
        Accessible.ignored: true
    }
    Row {
        id: badges
        visible: head.unread > 0 || head.mentions > 0
        anchors.right: parent.right
        anchors.rightMargin: Theme.sp(4)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.sp(1)
        Badge { count: head.mentions; kind: "mention"; prefix: "@" }
        Badge { count: head.unread; kind: "unread" }
    }
}
