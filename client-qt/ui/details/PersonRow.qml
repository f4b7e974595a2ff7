import QtQuick
import Starling.Ui

// A person in a list: members, completions, people to write to.
Item {
    id: row
    required property int index
    required property string userId
    required property string name
    required property string handle
    required property string color
    required property string initials
    required property string role
    required property string presence
    required property string statusText
    required property bool muted
    required property string lastSeenText
    property bool compact: false
    property bool selected: false
    property bool checked: false
    property color ground: Theme.raised
    signal chosen()
    signal menuWanted(Item at)

    height: Theme.sp(12)
    Accessible.role: Accessible.ListItem
    Accessible.name: name + ", " + presence + (role !== "member" ? ", " + role : "")
    Accessible.onPressAction: chosen()

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: row.selected ? Theme.accentSoft : hover.hovered ? Theme.hover : "transparent"
    }
    HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
    TapHandler { onTapped: row.chosen() }
    TapHandler { acceptedButtons: Qt.RightButton; onTapped: row.menuWanted(row) }
    Avatar {
        id: face
        x: Theme.sp(2)
        size: row.compact ? Theme.sp(7) : Theme.sp(8)
        anchors.verticalCenter: parent.verticalCenter
        initials: row.initials
        tint: row.color
        name: row.name
        presence: row.presence
        ground: row.selected ? Theme.accentSoft : row.ground
    }
    Column {
        x: face.x + face.width + Theme.sp(2.5)
        width: (mark.visible ? mark.x - Theme.sp(2) : row.width - Theme.sp(2)) - x
        anchors.verticalCenter: parent.verticalCenter
        Label {
            width: parent.width
            text: row.name
            font.pixelSize: Theme.label
            font.weight: Font.Medium
            color: row.presence === "offline" && !row.compact ? Theme.textMuted : Theme.text
            Accessible.ignored: true
        }
        Label {
            width: parent.width
            text: row.compact ? "@" + row.handle : row.statusText || (row.presence === "offline" && row.lastSeenText ? row.lastSeenText : "@" + row.handle)
            font.pixelSize: Theme.small
            color: Theme.textFaint
            Accessible.ignored: true
        }
    }
    Row {
        id: mark
        visible: badge.visible || mutedIcon.visible || tick.visible
        anchors.right: parent.right
        anchors.rightMargin: Theme.sp(2)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.sp(1)
        Icon { id: mutedIcon; visible: row.muted && !row.compact; name: "mute"; size: Theme.iconSmall; anchors.verticalCenter: parent.verticalCenter }
        Label {
            id: badge
            visible: text !== "" && !row.compact
            anchors.verticalCenter: parent.verticalCenter
            text: row.role === "owner" ? qsTr("Owner") : row.role === "admin" ? qsTr("Admin") : row.role === "moderator" ? qsTr("Moderator") : ""
            font.pixelSize: Theme.caption
            color: Theme.textFaint
        }
        Icon { id: tick; visible: row.checked; name: "check"; color: Theme.accentText; anchors.verticalCenter: parent.verticalCenter }
    }
}
