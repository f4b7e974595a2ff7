import QtQuick
import Starling.Ui

Item {
    id: hit
    required property string roomId
    required property string roomTitle
    required property double seq
    required property string senderName
    required property string senderColor
    required property string timeText
    required property string html
    property int pad: 0
    property bool current: false
    signal opened()

    height: column.height + Theme.sp(5)
    Accessible.role: Accessible.ListItem
    Accessible.name: roomTitle + ", " + senderName + ", " + timeText + ": " + html.replace(/<[^>]*>/g, "")
    Accessible.onPressAction: opened()
    Rectangle {
        x: hit.pad - Theme.sp(2)
        width: parent.width - 2 * x
        height: parent.height
        radius: Theme.radius
        color: hover.hovered || hit.current ? Theme.hover : "transparent"
        FocusRing { shown: hit.current; gap: -1 }
    }
    HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
    TapHandler { onTapped: hit.opened() }
    Avatar {
        x: hit.pad
        y: Theme.sp(2.5)
        size: Theme.sp(8)
        name: hit.senderName
        tint: hit.senderColor
    }
    Column {
        id: column
        x: hit.pad + Theme.sp(11)
        y: Theme.sp(2.5)
        width: parent.width - x - hit.pad
        spacing: Theme.sp(0.5)
        Item {
            width: parent.width
            height: who.implicitHeight
            Label {
                id: who
                width: Math.min(implicitWidth, parent.width - stamp.width - Theme.sp(2))
                text: hit.senderName
                font.weight: Font.DemiBold
                color: Theme.legible(hit.senderColor || Theme.tint(hit.senderName))
            }
            Label {
                id: stamp
                x: who.width + Theme.sp(2)
                anchors.baseline: who.baseline
                text: hit.timeText
                font.pixelSize: Theme.caption
                color: Theme.textFaint
            }
        }
        Text {
            width: parent.width
            text: Theme.rich(hit.html)
            textFormat: Text.RichText
            wrapMode: Text.Wrap
            font.family: Theme.family
            font.pixelSize: Theme.body
            color: Theme.text
            renderType: Text.NativeRendering
            Accessible.ignored: true
        }
        Label { width: parent.width; text: qsTr("in %1").arg(hit.roomTitle); font.pixelSize: Theme.small; color: Theme.textFaint; Accessible.ignored: true }
    }
}
