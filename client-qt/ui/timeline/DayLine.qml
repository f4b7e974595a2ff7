import QtQuick
import Starling.Ui

Item {
    property alias text: words.text
    width: parent?.width ?? 0
    height: Theme.sp(10)
    Rectangle { width: parent.width; height: Theme.hairline; anchors.verticalCenter: parent.verticalCenter; color: Theme.border }
    Rectangle {
        anchors.centerIn: parent
        width: words.width + Theme.sp(6)
        height: Theme.sp(6)
        radius: height / 2
        color: Theme.window
        border.width: Theme.hairline
        border.color: Theme.border
        Label {
            id: words
            anchors.centerIn: parent
            font.pixelSize: Theme.small
            font.weight: Font.Medium
            color: Theme.textMuted
        }
    }
}
