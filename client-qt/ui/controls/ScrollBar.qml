import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.ScrollBar {
    id: bar
    implicitWidth: Theme.sp(2.5)
    implicitHeight: Theme.sp(2.5)
    padding: 2
    minimumSize: 0.06
    policy: size < 1 ? T.ScrollBar.AsNeeded : T.ScrollBar.AlwaysOff
    contentItem: Rectangle {
        implicitWidth: Theme.sp(1.5)
        implicitHeight: Theme.sp(1.5)
        radius: width / 2
        color: bar.pressed || bar.hovered ? Theme.textFaint : Theme.borderStrong
        opacity: bar.policy !== T.ScrollBar.AlwaysOff && bar.size < 1 && (bar.active || bar.hovered) ? 0.8 : 0
        Behavior on opacity { NumberAnimation { duration: Theme.slow } }
    }
}
