import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.MenuItem {
    id: item
    property string iconName
    property bool dangerous: false
    property string shortcut
    readonly property color ink: dangerous ? Theme.danger : Theme.text

    implicitHeight: visible ? Theme.sp(8) : 0
    height: implicitHeight
    implicitWidth: Theme.sp(3) + (iconName ? Theme.icon + Theme.sp(2.5) : 0) + words.implicitWidth
        + (shortcut ? keys.implicitWidth + Theme.sp(6) : 0) + (checked ? Theme.icon + Theme.sp(3) : 0) + Theme.sp(3)
    opacity: enabled ? 1 : 0.45
    Accessible.role: Accessible.MenuItem
    Accessible.name: text
    contentItem: Item {
        Icon {
            id: icon
            visible: item.iconName !== ""
            name: item.iconName
            color: item.dangerous ? Theme.danger : Theme.textMuted
            x: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
        }
        Label {
            id: words
            x: icon.visible ? icon.x + icon.width + Theme.sp(2.5) : Theme.sp(2)
            width: parent.width - x - (keys.visible ? keys.width + Theme.sp(4) : Theme.sp(2)) - (item.checked ? Theme.icon + Theme.sp(1) : 0)
            anchors.verticalCenter: parent.verticalCenter
            text: item.text
            color: item.ink
            Accessible.ignored: true
        }
        Label {
            id: keys
            visible: text !== ""
            text: item.shortcut
            font.pixelSize: Theme.small
            color: Theme.textFaint
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            Accessible.ignored: true
        }
        Icon {
            visible: item.checked
            name: "check"
            color: Theme.accentText
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall + 2
        color: item.down ? Theme.pressed : item.highlighted || item.hovered ? (item.dangerous ? Theme.dangerSoft : Theme.hover) : "transparent"
        FocusRing { shown: item.visualFocus; gap: 0 }
    }
}
