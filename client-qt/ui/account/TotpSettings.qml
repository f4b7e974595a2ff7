import QtQuick
import Starling.Ui

// The second factor: off, being set up (scan, then prove it), or on; the recovery codes are shown once.
SettingsGroup {
    id: group
    required property var account
    readonly property bool setting: (account.totpSecret ?? "") !== "" && !account.totpEnabled
    readonly property var codes: account.recoveryCodes ?? []
    signal notice(string text, string kind)

    title: qsTr("Second factor")
    text: account.totpEnabled ? qsTr("Signing in asks for a code of your authenticator as well.")
        : qsTr("With it, a stolen password is not enough: signing in asks for a code that changes every half minute.")

    Column {
        visible: !group.account.totpEnabled && !group.setting
        width: parent.width
        spacing: Theme.sp(3)
        TextField { id: password; width: parent.width; label: qsTr("Password"); secret: true; iconName: "lock"; onAccepted: begin.clicked() }
        Button {
            id: begin
            text: qsTr("Set it up")
            iconName: "shield"
            enabled: password.text !== ""
            onClicked: if (enabled) { group.account.beginTotp(password.text); password.clear(); }
        }
    }
    Column {
        visible: group.setting
        width: parent.width
        spacing: Theme.sp(4)
        Label { width: parent.width; wrapMode: Text.Wrap; text: qsTr("1. Scan this with your authenticator, or type the secret into it.") }
        QrCode { visible: ok; text: group.setting ? group.account.totpUri : "" }
        TextField {
            width: parent.width
            label: qsTr("Secret")
            mono: true
            text: ((group.account.totpSecret ?? "").match(/.{1,4}/g) ?? []).join(" ")
            input.readOnly: true
        }
        TextField {
            id: code
            width: parent.width
            label: qsTr("2. Type the code that it shows")
            placeholder: "123 456"
            mono: true
            inputMethodHints: Qt.ImhDigitsOnly
            onAccepted: confirm.clicked()
        }
        Button {
            id: confirm
            kind: "primary"
            text: qsTr("Switch it on")
            enabled: code.text.replace(/\s/g, "").length === 6
            onClicked: if (enabled) { group.account.confirmTotp(code.text.replace(/\s/g, "")); code.clear(); }
        }
    }
    Column {
        visible: group.codes.length > 0
        width: parent.width
        spacing: Theme.sp(3)
        Notice {
            width: parent.width
            kind: "warning"
            title: qsTr("Keep these recovery codes")
            text: qsTr("Each of them lets you in once when your authenticator is lost. They are not shown again.")
        }
        Grid {
            id: grid
            columns: 2
            columnSpacing: Theme.sp(8)
            rowSpacing: Theme.sp(1.5)
            Repeater {
                model: group.codes
                Label { required property string modelData; text: modelData; font.family: Theme.monoFamily }
            }
        }
        Button {
            small: true
            iconName: "copy"
            text: qsTr("Copy them")
            onClicked: { clip.text = group.codes.join("\n"); clip.selectAll(); clip.copy(); clip.text = ""; group.notice(qsTr("The codes are copied"), ""); }
        }
        TextEdit { id: clip; visible: false }
    }
    Column {
        visible: group.account.totpEnabled
        width: parent.width
        spacing: Theme.sp(3)
        TextField { id: offPassword; width: parent.width; label: qsTr("Password"); secret: true; iconName: "lock" }
        TextField { id: offCode; width: parent.width; label: qsTr("Code of your authenticator"); mono: true; placeholder: "123 456" }
        Button {
            text: qsTr("Switch it off")
            enabled: offPassword.text !== "" && offCode.text.replace(/\s/g, "").length === 6
            onClicked: { group.account.disableTotp(offPassword.text, offCode.text.replace(/\s/g, "")); offPassword.clear(); offCode.clear(); }
        }
    }
}
