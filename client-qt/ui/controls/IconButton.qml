import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// A square button with an icon; its text is its name for screen readers and its tip.
T.Button {
    id: button
    property string iconName
    property color iconColor: Theme.textMuted
    property int iconSize: Theme.icon
    property string shortcut
    property bool tip: true
    property bool active: false

    implicitWidth: Theme.controlSmall + Theme.sp(1)
    implicitHeight: implicitWidth
    focusPolicy: Qt.TabFocus
    opacity: enabled ? 1 : 0.45
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    HoverHandler { cursorShape: button.enabled ? Qt.PointingHandCursor : Qt.ArrowCursor }
    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            name: button.iconName
            size: button.iconSize
            color: button.active ? Theme.accentText : button.hovered ? Theme.text : button.iconColor
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: button.down ? Theme.pressed : button.active ? Theme.accentSoft : button.hovered ? Theme.hover : "transparent"
        FocusRing { shown: button.visualFocus; gap: 0 }
    }
    Loader {
        active: button.tip && button.hovered && button.text !== ""
        sourceComponent: Tip {
            parent: button
            visible: true
            text: button.shortcut ? button.text + "  " + button.shortcut : button.text
        }
    }
}
