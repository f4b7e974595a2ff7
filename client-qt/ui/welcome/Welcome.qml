import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// From nothing to a session: which server, whether it is to be trusted, who one is.
FocusScope {
    id: page
    required property var app
    property string step: "server"     // "server", "certificate", "account", "code"
    property string url
    property var server: ({})
    property var certificate: ({})
    property var credentials: ({})
    property bool busy: false
    property bool mayLeave: false    // another account is signed in: this page adds one
    property string error
    property string detail
    property double waitUntil: 0
    property int waitS: 0
    property bool narrow: width < Theme.twoColumns * Theme.scale

    function find(address, link) {
        page.error = "";
        page.detail = "";
        page.busy = true;
        page.url = address;
        page.app.connectServer(address);
    }
    function fail(text, detail) {
        page.busy = false;
        page.error = text;
        page.detail = detail ?? "";
    }
    Connections {
        target: page.app
        function onServerFound(found, registration, firstAccount) {
            page.busy = false;
            page.error = "";
            page.server = typeof found === "string" ? { name: found, registration, firstAccount } : found;
            page.step = "account";
        }
        function onServerFailed(text, detail) { page.fail(text, detail); }
        function onServerUntrusted(fingerprint, subject, reason) {
            page.busy = false;
            page.certificate = { fingerprint, subject, reason };
            page.step = "certificate";
        }
        function onSignInFailed(code, text, retryAfterMs) {
            page.fail(text);
            if (retryAfterMs > 0) {
                page.waitUntil = Date.now() + retryAfterMs;
                page.waitS = Math.ceil(retryAfterMs / 1000);
            }
        }
        function onTotpRequired() {
            page.busy = false;
            page.error = "";
            page.step = "code";
        }
        function onSignedIn() { page.busy = false; }
    }
    Timer {
        interval: 500
        repeat: true
        running: page.waitS > 0
        onTriggered: page.waitS = Math.max(0, Math.ceil((page.waitUntil - Date.now()) / 1000))
    }

    Keys.onEscapePressed: if (mayLeave) app.page = "chat"
    Rectangle { anchors.fill: parent; color: Theme.sidebar }
    Murmuration {
        visible: !page.narrow
        width: Math.max(parent.width, parent.height)
        height: width
        anchors.centerIn: parent
    }
    Flickable {
        id: scroll
        anchors.fill: parent
        contentHeight: Math.max(height, card.height + Theme.sp(16))
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: ScrollBar {}
        Card {
            id: card
            depth: 10
            width: Math.min(Theme.sp(108), scroll.width - Theme.sp(6))
            height: column.height + Theme.sp(page.narrow ? 12 : 16)
            x: Math.round((scroll.width - width) / 2)
            y: Math.round(Math.max(Theme.sp(4), (scroll.contentHeight - height) * 0.42))
            Column {
                id: column
                x: Theme.sp(page.narrow ? 6 : 8)
                y: x
                width: parent.width - 2 * x
                spacing: Theme.sp(5)
                Column {
                    width: parent.width
                    spacing: Theme.sp(2)
                    Logo { anchors.horizontalCenter: parent.horizontalCenter; size: Theme.sp(18) }
                    Label {
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        wrapMode: Text.Wrap
                        font.pixelSize: page.step === "server" ? Theme.display : Theme.heading
                        font.weight: Font.DemiBold
                        font.letterSpacing: -Theme.tracking
                        Accessible.role: Accessible.Heading
                        text: page.step === "server" ? "Starling" : page.step === "certificate" ? qsTr("Is this the right server?")
                            : page.step === "code" ? qsTr("One more step") : page.server.name || page.url
                    }
                    Label {
                        width: parent.width
                        horizontalAlignment: Text.AlignHCenter
                        wrapMode: Text.Wrap
                        lineHeight: Theme.leading
                        color: Theme.textMuted
                        text: page.step === "server" ? qsTr("Conversations that never lose a word.")
                            : page.step === "code" ? qsTr("This account is protected by a second factor.")
                            : page.step === "account" ? page.url : qsTr("Its certificate is not one that this computer knows.")
                    }
                }
                Loader {
                    width: parent.width
                    focus: true
                    sourceComponent: page.step === "server" ? server : page.step === "certificate" ? certificate : page.step === "code" ? code : account
                    onLoaded: item.forceActiveFocus()
                }
            }
        }
    }
    IconButton {
        visible: page.mayLeave
        x: Theme.sp(2)
        y: Theme.sp(2)
        iconName: "back"
        text: qsTr("Back to the conversations")
        shortcut: "Esc"
        onClicked: page.app.page = "chat"
    }
    Component { id: server; ServerStep { page: page_ } }
    Component { id: certificate; CertificateStep { page: page_ } }
    Component { id: account; SignInStep { page: page_ } }
    Component { id: code; CodeStep { page: page_ } }
    readonly property var page_: page
}
