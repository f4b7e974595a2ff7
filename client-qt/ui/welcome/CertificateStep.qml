import QtQuick
import Starling.Ui

// A certificate that nobody vouches for, in plain words: what it means, what to compare, what to do.
FocusScope {
    id: step
    required property var page
    readonly property var certificate: page.certificate
    implicitHeight: column.implicitHeight
    function groups(print) {
        const hex = (print ?? "").replace(/[^0-9a-f]/gi, "").toUpperCase();
        return (hex.match(/.{1,4}/g) ?? []).join(" ");
    }
    Column {
        id: column
        width: parent.width
        spacing: Theme.sp(4)
        Notice {
            width: parent.width
            kind: "warning"
            title: step.certificate.reason ?? ""
            text: qsTr("Servers on a private network often vouch for themselves. But it could also be somebody between you and the server. Ask whoever runs it for the fingerprint, and compare it with this one.")
        }
        Column {
            width: parent.width
            spacing: Theme.sp(1)
            Label { text: qsTr("Issued to"); font.pixelSize: Theme.small; color: Theme.textFaint }
            Label { width: parent.width; text: step.certificate.subject ?? ""; wrapMode: Text.Wrap; font.weight: Font.Medium }
        }
        Column {
            width: parent.width
            spacing: Theme.sp(1)
            Label { text: qsTr("Fingerprint (SHA-256)"); font.pixelSize: Theme.small; color: Theme.textFaint }
            Rectangle {
                width: parent.width
                height: digest.height + Theme.sp(5)
                radius: Theme.radius
                color: Theme.sunken
                Label {
                    id: digest
                    x: Theme.sp(3)
                    width: parent.width - 2 * x
                    anchors.verticalCenter: parent.verticalCenter
                    wrapMode: Text.Wrap
                    lineHeight: Theme.leading
                    font.family: Theme.monoFamily
                    font.pixelSize: Theme.label
                    text: step.groups(step.certificate.fingerprint)
                }
            }
        }
        Button {
            width: parent.width
            focus: true
            kind: "primary"
            text: qsTr("Go back")
            onClicked: step.page.step = "server"
        }
        Button {
            width: parent.width
            iconName: "shield"
            text: qsTr("It is the same: trust it")
            onClicked: {
                step.page.busy = true;
                step.page.step = "server";
                step.page.app.trust(step.certificate.fingerprint);
            }
        }
    }
}
