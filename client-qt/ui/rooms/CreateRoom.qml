import QtQuick
import Starling.Ui

Dialog {
    id: dialog
    required property var session
    title: qsTr("New room")
    onAboutToShow: { name.clear(); picker.chosen = []; picker.people.query = ""; name.forceActiveFocus(); }
    actions: [
        Button {
            kind: "primary"
            text: qsTr("Make the room")
            enabled: name.text.trim() !== ""
            onClicked: {
                dialog.session.createRoom(name.text.trim(), who.value === "public", picker.chosen.map(p => p.userId));
                dialog.close();
            }
        },
        Button { text: qsTr("Cancel"); onClicked: dialog.close() }
    ]
    Column {
        width: parent.width
        spacing: Theme.sp(4)
        TextField { id: name; width: parent.width; label: qsTr("Name"); placeholder: qsTr("What it is about"); maximumLength: 100 }
        Column {
            width: parent.width
            spacing: Theme.sp(1.5)
            Label { text: qsTr("Who may find and join it"); font.pixelSize: Theme.label; font.weight: Font.Medium; color: Theme.textMuted }
            Segmented {
                id: who
                width: parent.width
                name: qsTr("Who may find and join it")
                value: "private"
                options: [{ value: "private", text: qsTr("Invited people"), icon: "lock" }, { value: "public", text: qsTr("Everybody"), icon: "globe" }]
                onChosen: v => value = v
            }
        }
        Column {
            width: parent.width
            spacing: Theme.sp(1.5)
            Label { text: qsTr("Invite"); font.pixelSize: Theme.label; font.weight: Font.Medium; color: Theme.textMuted }
            PeoplePicker { id: picker; width: parent.width; height: Theme.sp(70); many: true; people: dialog.session.people }
        }
    }
}
