import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.ToolTip {
    id: tip
    delay: Theme.tipDelay
    x: parent ? Math.round((parent.width - implicitWidth) / 2) : 0
    y: parent ? parent.height + Theme.sp(1) : 0
    margins: Theme.sp(1)
    padding: Theme.sp(1.5)
    leftPadding: Theme.sp(2)
    rightPadding: Theme.sp(2)
    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    contentItem: Label {
        text: tip.text
        font.pixelSize: Theme.small
        color: Theme.window
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: Theme.text
    }
}
