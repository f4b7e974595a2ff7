import QtQuick
import Starling.Ui

Dialog {
    id: dialog
    property string action: qsTr("Yes")
    property bool dangerous: true
    signal confirmed()
    wanted: Theme.sp(100)
    actions: [
        Button {
            kind: dialog.dangerous ? "danger" : "primary"
            text: dialog.action
            onClicked: { dialog.close(); dialog.confirmed(); }
        },
        Button { text: qsTr("Cancel"); focus: true; onClicked: dialog.close() }
    ]
}
