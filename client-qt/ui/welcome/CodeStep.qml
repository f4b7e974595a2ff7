import QtQuick
import Starling.Ui

// The second factor: the six digits, or one of the recovery codes.
FocusScope {
    id: step
    required property var page
    property bool recovery: false
    implicitHeight: column.implicitHeight
    function submit() {
        if (!go.enabled) return;
        page.error = "";
        page.busy = true;
        const c = page.credentials, given = code.text.replace(/\s/g, "");
        page.app.signIn(page.url, c.handle, c.password, recovery ? "" : given, recovery ? given : "");
    }
    Column {
        id: column
        width: parent.width
        spacing: Theme.sp(4)
        TextField {
            id: code
            focus: true
            width: parent.width
            mono: true
            label: step.recovery ? qsTr("Recovery code") : qsTr("Code of your authenticator")
            placeholder: step.recovery ? "xxxx-xxxx" : "123 456"
            iconName: step.recovery ? "key" : "shield"
            help: step.recovery ? qsTr("Each of your recovery codes works once.") : qsTr("Six digits that change every half minute.")
            error: step.page.error + (step.page.error && step.page.waitS > 0 ? " " + qsTr("Try again in %1 s.").arg(step.page.waitS) : "")
            inputMethodHints: step.recovery ? Qt.ImhNone : Qt.ImhDigitsOnly
            onAccepted: step.submit()
        }
        Button {
            id: go
            width: parent.width
            kind: "primary"
            text: step.page.busy ? qsTr("A moment…") : qsTr("Sign in")
            enabled: !step.page.busy && step.page.waitS === 0 && code.text.replace(/\s/g, "").length >= 6
            onClicked: step.submit()
        }
        Button {
            width: parent.width
            kind: "quiet"
            text: step.recovery ? qsTr("Use the authenticator") : qsTr("I have no access to it: use a recovery code")
            onClicked: { step.recovery = !step.recovery; code.clear(); code.forceActiveFocus(); }
        }
        Button { width: parent.width; kind: "quiet"; text: qsTr("Back"); onClicked: { step.page.error = ""; step.page.step = "account"; } }
    }
}
