import QtQuick
import Starling.Ui

Item {
    id: header
    property var room
    property bool narrow: false
    property string sideShown
    signal backWanted()
    signal sideWanted(string name)
    signal searchWanted()

    height: Theme.barHeight
    IconButton {
        id: back
        visible: header.narrow
        x: Theme.sp(1)
        anchors.verticalCenter: parent.verticalCenter
        iconName: "back"
        text: qsTr("Back to the rooms")
        onClicked: header.backWanted()
    }
    Icon {
        id: kind
        visible: !header.narrow
        x: Theme.sp(5)
        anchors.verticalCenter: parent.verticalCenter
        name: header.room?.kind === "direct" ? "at" : header.room?.visibility === "public" ? "globe" : "lock"
        color: Theme.textFaint
    }
    Column {
        x: header.narrow ? back.x + back.width + Theme.sp(1) : kind.x + kind.width + Theme.sp(2.5)
        width: buttons.x - x - Theme.sp(3)
        anchors.verticalCenter: parent.verticalCenter
        spacing: 1
        Label {
            width: parent.width
            text: header.room?.title ?? ""
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Label {
            width: parent.width
            visible: text !== ""
            text: {
                const r = header.room;
                if (!r) return "";
                if (r.topic) return r.topic.replace(/\s+/g, " ");
                return r.kind === "direct" ? "" : qsTr("%n member(s)", "", r.memberCount).replace("(s)", r.memberCount === 1 ? "" : "s");
            }
            font.pixelSize: Theme.small
            color: Theme.textMuted
        }
    }
    Row {
        id: buttons
        anchors.right: parent.right
        anchors.rightMargin: Theme.sp(header.narrow ? 1 : 3)
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.sp(0.5)
        IconButton { iconName: "search"; text: qsTr("Search in this room"); shortcut: "Ctrl+F"; onClicked: header.searchWanted() }
        IconButton {
            iconName: "pin"
            visible: !header.narrow
            text: qsTr("Pinned messages")
            active: header.sideShown === "pins"
            onClicked: header.sideWanted("pins")
        }
        IconButton {
            iconName: "users"
            text: qsTr("Members")
            shortcut: "Ctrl+I"
            active: header.sideShown === "members"
            onClicked: header.sideWanted("members")
        }
        IconButton {
            iconName: "settings"
            text: qsTr("Room settings")
            active: header.sideShown === "settings"
            onClicked: header.sideWanted("settings")
        }
    }
    Divider { width: parent.width; anchors.bottom: parent.bottom }
}
