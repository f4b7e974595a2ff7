import QtQuick
import Starling.Ui

Item {
    property int pad: 0
    width: parent?.width ?? 0
    height: Theme.sp(6)
    Rectangle { x: parent.pad; width: words.x - x - Theme.sp(2); height: Theme.hairline; anchors.verticalCenter: parent.verticalCenter; color: Theme.mention }
    Label {
        id: words
        x: parent.width - width - parent.pad
        anchors.verticalCenter: parent.verticalCenter
        text: qsTr("New")
        font.pixelSize: Theme.caption
        font.weight: Font.DemiBold
        color: Theme.mention
    }
}
