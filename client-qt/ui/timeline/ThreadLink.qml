import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.Button {
    id: link
    property int count: 0
    property double lastMs: 0
    property int widest: 0

    implicitHeight: Theme.sp(7)
    implicitWidth: Math.min(widest, words.implicitWidth + last.implicitWidth + Theme.sp(15))
    focusPolicy: Qt.TabFocus
    Accessible.role: Accessible.Button
    Accessible.name: words.text
    HoverHandler { cursorShape: Qt.PointingHandCursor }
    contentItem: Item {
        Icon { id: icon; x: Theme.sp(1); name: "thread"; size: Theme.iconSmall + 2; color: Theme.accentText; anchors.verticalCenter: parent.verticalCenter }
        Label {
            id: words
            x: icon.x + icon.width + Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            text: link.count === 1 ? qsTr("1 reply") : qsTr("%1 replies").arg(link.count)
            font.pixelSize: Theme.label
            font.weight: Font.DemiBold
            color: Theme.accentText
            Accessible.ignored: true
        }
        Label {
            id: last
            x: words.x + words.width + Theme.sp(2)
            width: Math.min(implicitWidth, parent.width - x - Theme.sp(1))
            anchors.verticalCenter: parent.verticalCenter
            text: link.lastMs > 0 ? qsTr("last at %1").arg(Qt.formatDateTime(new Date(link.lastMs), "d MMM, HH:mm")) : ""
            font.pixelSize: Theme.small
            color: Theme.textFaint
            Accessible.ignored: true
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: link.hovered ? Theme.hover : "transparent"
        FocusRing { shown: link.visualFocus; gap: 0 }
    }
}
