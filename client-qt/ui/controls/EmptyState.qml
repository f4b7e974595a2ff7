import QtQuick
import Starling.Ui

// What a place says when there is nothing in it, and what to do about it.
Item {
    id: empty
    property string iconName
    property string title
    property string text
    default property alias actions: row.data

    implicitHeight: column.implicitHeight
    Column {
        id: column
        width: Math.min(Theme.sp(80), parent.width - Theme.sp(8))
        anchors.centerIn: parent
        spacing: Theme.sp(2)
        Rectangle {
            visible: empty.iconName !== ""
            width: Theme.sp(12)
            height: width
            radius: width / 2
            color: Theme.accentSoft
            anchors.horizontalCenter: parent.horizontalCenter
            Icon {
                anchors.centerIn: parent
                name: empty.iconName
                size: Theme.sp(6)
                color: Theme.accentText
            }
        }
        Label {
            text: empty.title
            visible: text !== ""
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
        }
        Label {
            text: empty.text
            visible: text !== ""
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            lineHeight: Theme.leading
            color: Theme.textMuted
        }
        Row {
            id: row
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.sp(2)
            topPadding: Theme.sp(2)
            visible: children.length > 0
        }
    }
}
