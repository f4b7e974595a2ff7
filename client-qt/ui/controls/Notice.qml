import QtQuick
import Starling.Ui

// A box with something the reader should know: kind "info", "warning", "danger" or "success".
Rectangle {
    id: notice
    property string kind: "info"
    property string title
    property string text
    default property alias actions: row.data
    readonly property color ink: kind === "danger" ? Theme.danger : kind === "warning" ? Theme.warningText
        : kind === "success" ? Theme.success : Theme.accentText

    implicitHeight: column.implicitHeight + Theme.sp(6)
    implicitWidth: Theme.sp(80)
    radius: Theme.radius
    color: kind === "danger" ? Theme.dangerSoft : kind === "warning" ? Theme.warningSoft : Theme.accentSoft
    Accessible.role: Accessible.AlertMessage
    Accessible.name: title + " " + text
    Icon {
        id: icon
        x: Theme.sp(3)
        y: Theme.sp(3)
        name: notice.kind === "danger" || notice.kind === "warning" ? "alert" : notice.kind === "success" ? "check" : "info"
        color: notice.ink
    }
    Column {
        id: column
        x: icon.x + icon.width + Theme.sp(2.5)
        y: Theme.sp(3)
        width: parent.width - x - Theme.sp(3)
        spacing: Theme.sp(1)
        Label {
            visible: text !== ""
            text: notice.title
            width: parent.width
            wrapMode: Text.Wrap
            font.weight: Font.DemiBold
            color: notice.ink
            Accessible.ignored: true
        }
        Label {
            visible: text !== ""
            text: notice.text
            width: parent.width
            wrapMode: Text.Wrap
            font.pixelSize: Theme.label
            lineHeight: Theme.leading
            Accessible.ignored: true
        }
        Flow {
            id: row
            width: parent.width
            spacing: Theme.sp(2)
            topPadding: Theme.sp(1)
            visible: children.length > 0
        }
    }
}
