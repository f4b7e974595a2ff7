import QtQuick
import Starling.Ui

FocusScope {
    id: step
    required property var page
    implicitHeight: column.implicitHeight
    Column {
        id: column
        width: parent.width
        spacing: Theme.sp(4)
        TextField {
            id: address
            focus: true
            width: parent.width
            label: qsTr("Server or invitation")
            placeholder: "chat.example.org"
            iconName: "globe"
            text: step.page.url
            help: qsTr("An address, or a link that somebody sent you (starling://…).")
            error: step.page.error
            inputMethodHints: Qt.ImhUrlCharactersOnly | Qt.ImhNoAutoUppercase
            onAccepted: go.clicked()
        }
        Label {
            visible: text !== ""
            width: parent.width
            wrapMode: Text.Wrap
            text: step.page.detail
            font.pixelSize: Theme.small
            color: Theme.textFaint
        }
        Button {
            id: go
            width: parent.width
            kind: "primary"
            text: step.page.busy ? qsTr("Looking for it…") : qsTr("Continue")
            enabled: !step.page.busy && address.text.trim() !== ""
            onClicked: if (enabled) step.page.find(address.text.trim())
        }
    }
}
