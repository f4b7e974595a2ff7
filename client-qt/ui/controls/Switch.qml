import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.Switch {
    id: control
    property string help

    implicitWidth: Theme.sp(80)
    implicitHeight: Math.max(Theme.sp(6), words.implicitHeight)
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.CheckBox
    Accessible.name: text
    Accessible.description: help
    indicator: Rectangle {
        x: control.width - width
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.sp(9)
        height: Theme.sp(5)
        radius: height / 2
        color: control.checked ? Theme.accent : Theme.borderStrong
        opacity: control.enabled ? 1 : 0.5
        Behavior on color { ColorAnimation { duration: Theme.fast } }
        Rectangle {
            readonly property int inset: 2
            width: parent.height - 2 * inset
            height: width
            y: inset
            x: control.checked ? parent.width - width - inset : inset
            radius: width / 2
            color: control.checked ? Theme.accentInk : Theme.window
            Behavior on x { NumberAnimation { duration: Theme.fast; easing.type: Easing.OutCubic } }
        }
        FocusRing { shown: control.visualFocus; radius: parent.height }
    }
    contentItem: Column {
        id: words
        rightPadding: Theme.sp(12)
        spacing: Theme.sp(0.5)
        Label {
            text: control.text
            width: control.width - Theme.sp(12)
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
        Label {
            visible: text !== ""
            text: control.help
            width: control.width - Theme.sp(12)
            wrapMode: Text.Wrap
            font.pixelSize: Theme.small
            color: Theme.textFaint
            Accessible.ignored: true
        }
    }
}
