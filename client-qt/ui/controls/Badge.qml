import QtQuick
import Starling.Ui

// A count: kind "unread", "mention" or "quiet" (of a muted room).
Rectangle {
    id: badge
    property int count
    property string kind: "unread"
    property string prefix

    visible: count > 0
    implicitHeight: Theme.sp(4.5)
    implicitWidth: Math.max(implicitHeight, label.implicitWidth + Theme.sp(2.5))
    radius: height / 2
    color: kind === "mention" ? Theme.mention : kind === "quiet" ? Theme.sunken : Theme.accent
    Accessible.role: Accessible.StaticText
    Accessible.name: label.text
    Label {
        id: label
        anchors.centerIn: parent
        text: badge.prefix + (badge.count > 999 ? "999+" : badge.count)
        font.pixelSize: Theme.caption
        font.weight: Font.DemiBold
        color: badge.kind === "mention" ? Theme.mentionInk : badge.kind === "quiet" ? Theme.textMuted : Theme.accentInk
        Accessible.ignored: true
    }
}
