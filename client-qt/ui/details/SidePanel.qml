import QtQuick
import Starling.Ui

// The right column: what belongs to the open room.
FocusScope {
    id: panel
    property var room
    required property var session
    property string panel: "members"
    property bool narrow: false
    signal closed()
    signal panelWanted(string name)
    signal dialogWanted(string name, var argument)
    signal notice(string text, string kind)
    signal jumpWanted(var seq)
    readonly property bool about: panel.panel === "members" || panel.panel === "pins"

    Keys.onEscapePressed: closed()
    Rectangle { anchors.fill: parent; color: Theme.window }
    Divider { height: parent.height; visible: !panel.narrow }
    Item {
        id: head
        width: parent.width
        height: Theme.barHeight
        IconButton {
            id: back
            visible: panel.narrow
            x: Theme.sp(1)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "back"
            text: qsTr("Back")
            onClicked: panel.closed()
        }
        Label {
            visible: !panel.about
            x: panel.narrow ? back.x + back.width + Theme.sp(1) : Theme.sp(4)
            width: close.x - x - Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            text: panel.panel === "thread" ? qsTr("Thread") : qsTr("Room settings")
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Segmented {
            visible: panel.about
            x: panel.narrow ? back.x + back.width + Theme.sp(1) : Theme.sp(3)
            width: (close.visible ? close.x : parent.width) - x - Theme.sp(2)
            height: Theme.sp(8.5)
            anchors.verticalCenter: parent.verticalCenter
            name: qsTr("About the room")
            value: panel.panel
            options: [{ value: "members", text: qsTr("Members") }, { value: "pins", text: qsTr("Pinned") }]
            onChosen: value => panel.panelWanted(value)
        }
        IconButton {
            id: close
            visible: !panel.narrow
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(2)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "close"
            text: qsTr("Close")
            shortcut: "Esc"
            onClicked: panel.closed()
        }
        Divider { width: parent.width; anchors.bottom: parent.bottom }
    }
    Loader {
        y: head.height
        x: Theme.hairline
        width: parent.width - x
        height: parent.height - y
        active: panel.visible && panel.room !== null
        sourceComponent: panel.panel === "thread" ? thread : panel.panel === "pins" ? pins : panel.panel === "settings" ? settings : members
    }
    Component {
        id: members
        MembersPanel {
            room: panel.room
            session: panel.session
            onDialogWanted: (name, argument) => panel.dialogWanted(name, argument)
        }
    }
    Component { id: pins; PinsPanel { room: panel.room; onJumpWanted: seq => panel.jumpWanted(seq) } }
    Component {
        id: thread
        ThreadPanel {
            room: panel.room
            narrow: panel.narrow
            onDialogWanted: (name, argument) => panel.dialogWanted(name, argument)
            onNotice: (text, kind) => panel.notice(text, kind)
        }
    }
    Component {
        id: settings
        RoomSettings {
            room: panel.room
            onDialogWanted: (name, argument) => panel.dialogWanted(name, argument)
            onNotice: (text, kind) => panel.notice(text, kind)
        }
    }
}
