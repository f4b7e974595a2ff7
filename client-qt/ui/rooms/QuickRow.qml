import QtQuick
import Starling.Ui

// A line of the switcher. One of the roles is called `id`, which no property can be: hence `model`.
Item {
    id: row
    required property var model
    readonly property string kind: model.kind
    readonly property string target: model.id
    readonly property string title: model.title
    property bool selected: false
    signal chosen()

    height: Theme.sp(11)
    Accessible.role: Accessible.ListItem
    Accessible.name: title + (model.subtitle ? ", " + model.subtitle : "")
    Accessible.selected: selected
    Accessible.onPressAction: chosen()
    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: row.selected ? Theme.accentSoft : hover.hovered ? Theme.hover : "transparent"
    }
    HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
    TapHandler { onTapped: row.chosen() }
    Avatar {
        id: face
        x: Theme.sp(2)
        anchors.verticalCenter: parent.verticalCenter
        size: Theme.sp(7)
        square: row.kind === "room"
        name: row.title
        initials: row.model.initials
        tint: row.model.color
    }
    Label {
        id: name
        x: face.x + face.width + Theme.sp(3)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, (badge.visible ? badge.x : parent.width) - x - Theme.sp(3))
        text: row.title
        font.weight: Font.Medium
        Accessible.ignored: true
    }
    Label {
        x: name.x + name.width + Theme.sp(3)
        width: Math.max(0, (badge.visible ? badge.x : parent.width) - x - Theme.sp(2))
        visible: width > Theme.sp(8)
        anchors.verticalCenter: parent.verticalCenter
        text: row.model.subtitle
        font.pixelSize: Theme.small
        color: Theme.textFaint
        Accessible.ignored: true
    }
    Badge {
        id: badge
        anchors.right: parent.right
        anchors.rightMargin: Theme.sp(2)
        anchors.verticalCenter: parent.verticalCenter
        count: row.model.unread
    }
}
