import QtQuick
import Starling.Ui

// The line above the first message of a day; a press offers other days.
Item {
    id: line
    property alias text: words.text
    signal pressed(Item at)
    width: parent?.width ?? 0
    height: Theme.sp(10)
    Rectangle { width: parent.width; height: Theme.hairline; anchors.verticalCenter: parent.verticalCenter; color: Theme.border }
    Rectangle {
        id: pill
        anchors.centerIn: parent
        width: Math.min(words.implicitWidth + Theme.sp(6), parent.width - Theme.sp(8))
        height: Theme.sp(6)
        radius: height / 2
        color: hover.hovered ? Theme.sunken : Theme.window
        border.width: Theme.hairline
        border.color: Theme.border
        Accessible.role: Accessible.ButtonMenu
        Accessible.name: qsTr("%1, jump to another day").arg(line.text)
        Accessible.onPressAction: line.pressed(pill)
        HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
        TapHandler { onTapped: line.pressed(pill) }
        Label {
            id: words
            x: Theme.sp(3)
            width: parent.width - 2 * x
            anchors.verticalCenter: parent.verticalCenter
            horizontalAlignment: Text.AlignHCenter
            font.pixelSize: Theme.small
            font.weight: Font.Medium
            color: Theme.textMuted
            Accessible.ignored: true
        }
    }
}
