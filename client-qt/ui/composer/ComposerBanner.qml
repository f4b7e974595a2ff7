import QtQuick
import Starling.Ui

Item {
    id: banner
    property string mode
    property var target
    signal cancelled()

    height: visible ? Theme.sp(10) : 0
    Icon {
        id: icon
        x: Theme.sp(3.5)
        anchors.verticalCenter: parent.verticalCenter
        name: banner.mode === "edit" ? "edit" : "reply"
        color: Theme.accentText
        size: Theme.iconSmall + 2
    }
    Label {
        id: what
        x: icon.x + icon.width + Theme.sp(2)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width * 0.45)
        text: banner.mode === "edit" ? qsTr("Editing") : qsTr("Answering %1").arg(banner.target?.sender ?? "")
        font.pixelSize: Theme.label
        font.weight: Font.DemiBold
        color: Theme.accentText
    }
    Label {
        x: what.x + what.width + Theme.sp(2)
        width: close.x - x - Theme.sp(2)
        anchors.verticalCenter: parent.verticalCenter
        text: (banner.target?.text ?? "").replace(/\s+/g, " ")
        font.pixelSize: Theme.label
        color: Theme.textMuted
    }
    IconButton {
        id: close
        anchors.right: parent.right
        anchors.rightMargin: Theme.sp(1.5)
        anchors.verticalCenter: parent.verticalCenter
        iconName: "close"
        iconSize: Theme.iconSmall
        text: qsTr("Cancel")
        shortcut: "Esc"
        onClicked: banner.cancelled()
    }
    Divider { width: parent.width - 2 * Theme.radius; x: Theme.radius; anchors.bottom: parent.bottom }
}
