import QtQuick
import Starling.Ui

// Short notices at the bottom of the window: one after another, gone by themselves, read out to a screen reader.
Item {
    id: toasts
    anchors.fill: parent
    property string current
    property string kind

    function show(text, kind) {
        toasts.current = text;
        toasts.kind = kind ?? "";
        away.restart();
    }
    Timer { id: away; interval: Theme.toastTime; onTriggered: toasts.current = "" }
    Rectangle {
        visible: opacity > 0
        opacity: toasts.current ? 1 : 0
        anchors.horizontalCenter: parent.horizontalCenter
        y: parent.height - height - Theme.sp(22)
        width: Math.min(words.implicitWidth + Theme.sp(8), parent.width - Theme.sp(8))
        height: words.implicitHeight + Theme.sp(5)
        radius: Theme.radius
        color: toasts.kind === "error" ? Theme.danger : Theme.text
        Behavior on opacity { NumberAnimation { duration: Theme.normal } }
        Accessible.role: Accessible.AlertMessage
        Accessible.name: toasts.current
        Label {
            id: words
            anchors.centerIn: parent
            width: Math.min(implicitWidth, parent.parent.width - Theme.sp(16))
            wrapMode: Text.Wrap
            text: toasts.current
            color: toasts.kind === "error" ? Theme.dangerInk : Theme.window
            Accessible.ignored: true
        }
        TapHandler { onTapped: toasts.current = "" }
    }
}
