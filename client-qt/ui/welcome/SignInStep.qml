import QtQuick
import Starling.Ui

FocusScope {
    id: step
    objectName: "signIn"
    required property var page
    readonly property var server: page.server
    readonly property string registration: server.registration ?? "closed"
    readonly property bool first: server.firstAccount ?? false
    property string mode: first ? "register" : "signin"
    readonly property bool registering: mode === "register"
    readonly property string link: /\/invite\//.test(page.url) ? page.url.replace(/^.*\/invite\//, "") : ""
    implicitHeight: column.implicitHeight

    function submit() {
        if (!go.enabled) return;
        page.error = "";
        page.busy = true;
        const h = handle.text.trim().toLowerCase();
        page.credentials = { handle: h, password: password.text };
        if (registering) page.app.signUp(page.url, h, shown.text.trim(), password.text, invite.text.trim());
        else page.app.signIn(page.url, h, password.text, "", "");
    }
    Column {
        id: column
        width: parent.width
        spacing: Theme.sp(4)
        Segmented {
            visible: !step.first && step.registration !== "closed"
            width: parent.width
            name: qsTr("Sign in or register")
            value: step.mode
            options: [{ value: "signin", text: qsTr("Sign in") }, { value: "register", text: qsTr("Register") }]
            onChosen: value => { step.mode = value; step.page.error = ""; }
        }
        Notice {
            visible: step.first
            width: parent.width
            title: qsTr("You are the first one here")
            text: qsTr("Nobody has an account on this server yet. The one you make now becomes its administrator.")
        }
        Notice {
            visible: step.page.error !== ""
            width: parent.width
            kind: "danger"
            text: step.page.error + (step.page.waitS > 0 ? " " + qsTr("Try again in %1 s.").arg(step.page.waitS) : "")
        }
        TextField {
            id: shown
            visible: step.registering
            width: parent.width
            label: qsTr("Your name")
            placeholder: qsTr("As others shall see it")
            maximumLength: 64
        }
        TextField {
            id: handle
            focus: true
            width: parent.width
            label: qsTr("User name")
            iconName: "user"
            placeholder: "mira"
            text: step.page.credentials.handle ?? ""
            maximumLength: 32
            inputMethodHints: Qt.ImhNoAutoUppercase | Qt.ImhNoPredictiveText
            help: step.registering ? qsTr("Small letters, digits, dot, dash and underscore.") : ""
            error: text !== "" && !/^[a-zA-Z0-9_.-]*$/.test(text) ? qsTr("Only letters without accents, digits, dot, dash and underscore.") : ""
            onAccepted: password.forceActiveFocus()
        }
        TextField {
            id: password
            width: parent.width
            label: qsTr("Password")
            iconName: "lock"
            secret: true
            help: step.registering ? qsTr("At least 8 characters. A sentence is better than a word.") : ""
            onAccepted: step.submit()
        }
        TextField {
            id: invite
            visible: step.registering && step.registration === "invite" && !step.first || step.registering && step.link !== ""
            width: parent.width
            label: qsTr("Invitation code")
            iconName: "key"
            mono: true
            text: step.link
            help: qsTr("This server takes new people by invitation.")
            onAccepted: step.submit()
        }
        Button {
            id: go
            width: parent.width
            kind: "primary"
            text: step.page.busy ? qsTr("A moment…") : step.registering ? qsTr("Make the account") : qsTr("Sign in")
            enabled: !step.page.busy && step.page.waitS === 0 && handle.text.trim().length >= 2 && handle.error === ""
                && password.text.length >= (step.registering ? 8 : 1) && (!invite.visible || invite.text.trim() !== "")
            onClicked: step.submit()
        }
        Button {
            width: parent.width
            kind: "quiet"
            text: qsTr("Another server")
            onClicked: { step.page.error = ""; step.page.step = "server"; }
        }
    }
}
