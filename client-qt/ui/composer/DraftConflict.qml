import QtQuick
import Starling.Ui

// The same draft was changed on another device: nothing is thrown away before somebody chose.
Item {
    id: conflict
    property string mine
    property string other
    signal kept()
    signal taken()
    signal joined()

    height: visible ? notice.height + Theme.sp(4) : 0
    Notice {
        id: notice
        x: Theme.sp(2)
        y: Theme.sp(2)
        width: parent.width - 2 * x
        kind: "warning"
        title: qsTr("This draft was also changed on another device")
        text: qsTr("There it says: “%1”").arg(conflict.other.length > 240 ? conflict.other.slice(0, 240) + "…" : conflict.other)
        Button { small: true; text: qsTr("Keep mine"); onClicked: conflict.kept() }
        Button { small: true; text: qsTr("Use the other"); onClicked: conflict.taken() }
        Button { small: true; text: qsTr("Keep both"); onClicked: conflict.joined() }
    }
}
