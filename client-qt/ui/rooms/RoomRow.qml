import QtQuick
import Starling.Ui

// A room in the list: who, when, the last words, and what waits. Or a folder, above its rooms.
Item {
    id: row
    required property int index
    required property string roomId
    required property string title
    required property string kind
    required property var peer
    required property int unread
    required property int mentions
    required property bool muted
    required property string preview
    required property string previewSender
    required property double timeMs
    required property bool draft
    required property bool active
    required property string presence
    required property string folder
    required property bool collapsed
    property bool current: false
    readonly property bool isFolder: kind === "folder"
    readonly property bool waiting: unread > 0 && !muted
    signal chosen()
    signal folded(bool collapsed)
    signal menuWanted(real x, real y)
    function choose() {
        if (isFolder) folded(!collapsed);
        else chosen();
    }

    height: Theme.sp(isFolder ? 9 : 13.5)
    Accessible.role: Accessible.ListItem
    Accessible.name: (isFolder ? qsTr("Folder %1").arg(title) + ", " + (collapsed ? qsTr("collapsed") : qsTr("expanded")) : title)
        + (unread > 0 ? ", " + qsTr("%n unread", "", unread) : "")
        + (mentions > 0 ? ", " + qsTr("%n mentions", "", mentions) : "") + (draft ? ", " + qsTr("draft") : "")
    Accessible.description: preview
    Accessible.selected: active
    Accessible.onPressAction: choose()

    function when(ms) {
        if (!ms) return "";
        const then = new Date(ms), now = new Date();
        if (then.toDateString() === now.toDateString()) return Qt.formatTime(then, "HH:mm");
        return now - then < 6 * 86400000 ? Qt.formatDate(then, "ddd") : Qt.formatDate(then, "d MMM");
    }

    Rectangle {
        x: Theme.sp(2)
        width: parent.width - 2 * x
        height: parent.height - 1
        radius: Theme.radius
        color: row.active ? Theme.accentSoft : hover.hovered ? Theme.hover : "transparent"
        FocusRing { shown: row.current; gap: 0 }
    }
    HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
    TapHandler { onTapped: row.choose(); onLongPressed: row.menuWanted(point.position.x, point.position.y) }
    TapHandler { acceptedButtons: Qt.RightButton; onTapped: point => row.menuWanted(point.position.x, point.position.y) }
    Loader {
        anchors.fill: parent
        active: row.isFolder
        sourceComponent: FolderHead { title: row.title; collapsed: row.collapsed; unread: row.unread; mentions: row.mentions }
    }
    Item {
        anchors.fill: parent
        visible: !row.isFolder
        Avatar {
            id: face
            x: Theme.sp(row.folder ? 7 : 4)
            anchors.verticalCenter: parent.verticalCenter
            name: row.title
            square: row.kind !== "direct"
            initials: row.peer?.initials ?? ""
            tint: row.peer?.color ?? ""
            presence: row.kind === "direct" ? row.presence : ""
            ground: row.active ? Theme.accentSoft : Theme.sidebar
        }
        Label {
            id: name
            x: face.x + face.width + Theme.sp(2.5)
            y: Theme.sp(2)
            width: stamp.x - x - Theme.sp(2) - (bell.visible ? bell.width + Theme.sp(1) : 0)
            height: Theme.sp(5)
            verticalAlignment: Text.AlignVCenter
            text: row.title
            font.weight: row.waiting ? Font.DemiBold : Font.Medium
            color: row.muted ? Theme.textFaint : Theme.text
            Accessible.ignored: true
        }
        Icon {
            id: bell
            visible: row.muted
            name: "bell-off"
            size: Theme.iconSmall
            color: Theme.textFaint
            x: name.x + Math.min(name.contentWidth, name.width) + Theme.sp(1)
            anchors.verticalCenter: name.verticalCenter
        }
        Label {
            id: stamp
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(4)
            anchors.verticalCenter: name.verticalCenter
            text: row.when(row.timeMs)
            font.pixelSize: Theme.caption
            color: row.waiting ? Theme.accentText : Theme.textFaint
            Accessible.ignored: true
        }
        Label {
            id: words
            x: name.x
            y: name.y + name.height
            height: Theme.sp(4.5)
            verticalAlignment: Text.AlignVCenter
            width: (badges.visible ? badges.x - Theme.sp(2) : row.width - Theme.sp(4)) - x
            text: row.draft ? qsTr("Draft: %1").arg(row.preview) : row.previewSender ? row.previewSender + ": " + row.preview : row.preview
            font.pixelSize: Theme.label
            color: row.draft ? Theme.mention : row.waiting ? Theme.text : Theme.textMuted
            Accessible.ignored: true
        }
        Row {
            id: badges
            visible: row.unread > 0 || row.mentions > 0
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(4)
            anchors.verticalCenter: words.verticalCenter
            spacing: Theme.sp(1)
            Badge { count: row.mentions; kind: "mention"; prefix: "@" }
            Badge { count: row.unread; kind: row.muted ? "quiet" : "unread" }
        }
    }
}
