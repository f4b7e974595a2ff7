import QtQuick
import Starling.Ui

Item {
    property string text
    property string time
    property int pad: 0
    width: parent?.width ?? 0
    height: words.height + Theme.sp(2)
    Label {
        id: words
        x: parent.pad
        width: parent.width - 2 * x
        anchors.verticalCenter: parent.verticalCenter
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.Wrap
        text: parent.text + "  ·\u00a0" + parent.time
        font.pixelSize: Theme.small
        color: Theme.textFaint
    }
}
