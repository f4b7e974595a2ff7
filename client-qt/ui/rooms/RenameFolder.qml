import QtQuick
import Starling.Ui

Dialog {
    id: dialog
    required property var session
    property string folder
    title: qsTr("Rename the folder")
    wanted: Theme.sp(96)
    onAboutToShow: { name.text = folder; name.forceActiveFocus(); name.selectAll(); }
    function rename() {
        if (name.text.trim() === "") return;
        session.folders.rename(folder, name.text.trim());
        close();
    }
    actions: [
        Button { kind: "primary"; text: qsTr("Rename"); enabled: name.text.trim() !== ""; onClicked: dialog.rename() },
        Button { text: qsTr("Cancel"); onClicked: dialog.close() }
    ]
    TextField { id: name; width: parent.width; label: qsTr("Name"); iconName: "folder"; maximumLength: 40; onAccepted: dialog.rename() }
}
