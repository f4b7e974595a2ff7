import QtQuick
import Starling.Ui

Dialog {
    id: dialog
    required property var session
    signal directWanted(string userId)
    title: qsTr("New direct message")
    onAboutToShow: picker.begin()
    PeoplePicker {
        id: picker
        width: parent.width
        height: Theme.sp(96)
        people: dialog.session.people
        onPicked: person => { dialog.close(); dialog.directWanted(person.userId); }
    }
}
