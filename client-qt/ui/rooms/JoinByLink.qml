import QtQuick
import Starling.Ui

Dialog {
    id: dialog
    required property var session
    title: qsTr("Join by a link")
    text: qsTr("Somebody sent you a link or a code to a room.")
    onAboutToShow: { link.clear(); link.forceActiveFocus(); }
    actions: [
        Button {
            kind: "primary"
            text: qsTr("Join")
            enabled: link.text.trim() !== ""
            onClicked: { dialog.session.joinByLink(link.text.trim()); dialog.close(); }
        },
        Button { text: qsTr("Cancel"); onClicked: dialog.close() }
    ]
    TextField {
        id: link
        width: parent.width
        label: qsTr("Link or code")
        placeholder: "starling://chat.example.org/invite/…"
        iconName: "link"
        onAccepted: if (text.trim() !== "") { dialog.session.joinByLink(text.trim()); dialog.close(); }
    }
}
