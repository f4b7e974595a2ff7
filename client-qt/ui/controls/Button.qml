import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// kind: "primary", "plain" (bordered), "quiet" (text only) or "danger".
T.Button {
    id: button
    property string kind: "plain"
    property string iconName
    property bool small: false
    readonly property bool filled: kind === "primary" || kind === "danger"
    readonly property color ink: kind === "primary" ? Theme.accentInk
        : kind === "danger" ? Theme.dangerInk
        : kind === "quiet" ? Theme.accentText : Theme.text

    implicitHeight: small ? Theme.controlSmall : Theme.controlHeight
    implicitWidth: Math.max(implicitHeight, implicitContentWidth + leftPadding + rightPadding)
    leftPadding: Theme.sp(small ? 2.5 : 4)
    rightPadding: leftPadding
    focusPolicy: Qt.StrongFocus
    opacity: enabled ? 1 : 0.5
    font.family: Theme.family
    font.pixelSize: small ? Theme.label : Theme.body
    font.weight: Font.Medium
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    HoverHandler { cursorShape: button.enabled ? Qt.PointingHandCursor : Qt.ArrowCursor }
    contentItem: Item {
        implicitWidth: words.implicitWidth + (button.iconName !== "" ? icon.size + row.spacing : 0)
        implicitHeight: row.implicitHeight
        Row {
            id: row
            anchors.centerIn: parent
            spacing: Theme.sp(1.5)
            Icon {
                id: icon
                visible: button.iconName !== ""
                name: button.iconName
                size: button.small ? Theme.iconSmall : Theme.icon
                color: button.ink
                anchors.verticalCenter: parent.verticalCenter
            }
            Label {
                id: words
                text: button.text
                font: button.font
                color: button.ink
                width: Math.min(implicitWidth, button.availableWidth - (button.iconName !== "" ? icon.size + row.spacing : 0))
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: button.kind === "primary" ? (button.hovered || button.down ? Theme.accentHover : Theme.accent)
            : button.kind === "danger" ? Theme.danger
            : button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        border.width: button.kind === "plain" ? Theme.hairline : 0
        border.color: Theme.borderStrong
        Behavior on color { ColorAnimation { duration: Theme.fast } }
        FocusRing { shown: button.visualFocus }
    }
}
