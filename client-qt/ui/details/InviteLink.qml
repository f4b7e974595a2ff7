import QtQuick
import Starling.Ui

// Makes a link that lets people into the room, and shows it to be copied.
Column {
    id: column
    required property var room
    property int uses: 10
    property int expiresS: 7 * 86400
    signal notice(string text, string kind)

    spacing: Theme.sp(3)
    Label { text: qsTr("Invite by a link"); font.pixelSize: Theme.label; font.weight: Font.Medium; color: Theme.textMuted }
    Segmented {
        width: parent.width
        name: qsTr("How often the link can be used")
        value: column.uses
        options: [{ value: 1, text: qsTr("Once") }, { value: 10, text: qsTr("10 times") }, { value: 0, text: qsTr("No limit") }]
        onChosen: value => column.uses = value
    }
    Segmented {
        width: parent.width
        name: qsTr("How long the link holds")
        value: column.expiresS
        options: [{ value: 86400, text: qsTr("A day") }, { value: 604800, text: qsTr("A week") }, { value: 0, text: qsTr("For ever") }]
        onChosen: value => column.expiresS = value
    }
    Button {
        visible: link.text === ""
        iconName: "link"
        text: qsTr("Make a link")
        onClicked: column.room.createInviteLink(column.uses, column.expiresS)
    }
    Notice { visible: text !== ""; width: parent.width; kind: "danger"; text: column.room.inviteError ?? "" }
    TextField {
        id: link
        visible: text !== ""
        width: parent.width
        mono: true
        text: column.room.inviteLink ?? ""
        input.readOnly: true
        label: qsTr("The link")
    }
    Row {
        visible: link.visible
        spacing: Theme.sp(2)
        Button {
            kind: "primary"
            iconName: "copy"
            text: qsTr("Copy")
            onClicked: { link.selectAll(); link.input.copy(); column.notice(qsTr("The link is copied"), ""); }
        }
        Button { kind: "quiet"; text: qsTr("Another"); onClicked: column.room.createInviteLink(column.uses, column.expiresS) }
    }
}
