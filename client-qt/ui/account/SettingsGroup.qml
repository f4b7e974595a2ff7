import QtQuick
import Starling.Ui

Column {
    id: group
    property string title
    property string text
    default property alias body: holder.data

    width: parent?.width ?? 0
    spacing: Theme.sp(3)
    Column {
        width: parent.width
        spacing: Theme.sp(1)
        Label {
            width: parent.width
            text: group.title
            wrapMode: Text.Wrap
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Label {
            visible: text !== ""
            width: parent.width
            text: group.text
            wrapMode: Text.Wrap
            lineHeight: Theme.leading
            font.pixelSize: Theme.label
            color: Theme.textMuted
        }
    }
    Column { id: holder; width: parent.width; spacing: Theme.sp(3) }
}
