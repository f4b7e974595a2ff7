import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// One of several choices below each other: an icon, what it is, perhaps a word of help, and a mark when it is the one.
T.AbstractButton {
    id: choice
    property string iconName
    property string help
    property bool chosen: false

    implicitHeight: Theme.sp(help ? 12 : 9)
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.RadioButton
    Accessible.name: text
    Accessible.description: help
    Accessible.checked: chosen
    Keys.onReturnPressed: clicked()
    Keys.onDownPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
    Keys.onUpPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
    HoverHandler { cursorShape: Qt.PointingHandCursor }
    contentItem: Item {
        Icon {
            id: icon
            x: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            name: choice.iconName
            color: choice.chosen ? Theme.accentText : Theme.textMuted
        }
        Column {
            x: icon.x + icon.width + Theme.sp(2.5)
            width: check.x - x - Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            Label { width: parent.width; text: choice.text; color: choice.chosen ? Theme.accentText : Theme.text; Accessible.ignored: true }
            Label { width: parent.width; visible: text !== ""; text: choice.help; font.pixelSize: Theme.small; color: Theme.textMuted; Accessible.ignored: true }
        }
        Icon {
            id: check
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            visible: choice.chosen
            name: "check"
            color: Theme.accentText
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: choice.chosen ? Theme.accentSoft : choice.hovered ? Theme.hover : "transparent"
        FocusRing { shown: choice.visualFocus; gap: 0 }
    }
}
