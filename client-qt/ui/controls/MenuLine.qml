import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.MenuSeparator {
    padding: 0
    implicitHeight: visible ? Theme.sp(3) : 0
    height: implicitHeight
    contentItem: Item {
        Rectangle {
            width: parent.width
            height: Theme.hairline
            anchors.verticalCenter: parent.verticalCenter
            color: Theme.border
        }
    }
}
