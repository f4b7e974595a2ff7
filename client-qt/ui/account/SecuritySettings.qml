import QtQuick
import Starling.Ui

Column {
    id: page
    required property var account
    signal notice(string text, string kind)
    spacing: Theme.sp(8)

    Connections {
        target: page.account
        function onDone(what) { if (what === "password") { old.clear(); fresh.clear(); } }
    }
    SettingsGroup {
        title: qsTr("Password")
        text: qsTr("After a change all your other devices have to sign in again.")
        TextField { id: old; width: parent.width; label: qsTr("Present password"); secret: true; iconName: "lock" }
        TextField { id: fresh; width: parent.width; label: qsTr("New password"); secret: true; iconName: "key"; help: qsTr("At least 8 characters. A sentence is better than a word.") }
        Button {
            text: qsTr("Change the password")
            enabled: old.text !== "" && fresh.text.length >= 8
            onClicked: page.account.changePassword(old.text, fresh.text)
        }
    }
    Divider { width: parent.width }
    TotpSettings { width: parent.width; account: page.account; onNotice: (text, kind) => page.notice(text, kind) }
}
