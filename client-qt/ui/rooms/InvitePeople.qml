import QtQuick
import Starling.Ui

Dialog {
    id: dialog
    required property var session
    title: qsTr("Invite to %1").arg(session.room?.title ?? "")
    onAboutToShow: { picker.chosen = []; picker.begin(); }
    actions: [
        Button {
            kind: "primary"
            text: qsTr("Invite")
            enabled: picker.chosen.length > 0
            onClicked: {
                for (const p of picker.chosen) dialog.session.room.invite(p.userId);
                dialog.close();
            }
        },
        Button { text: qsTr("Cancel"); onClicked: dialog.close() }
    ]
    PeoplePicker { id: picker; width: parent.width; height: Theme.sp(90); many: true; people: dialog.session.people }
}
