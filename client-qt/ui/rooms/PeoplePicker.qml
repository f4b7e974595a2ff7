import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// Finds people by name and hands them over; with `many`, those chosen stay above the field.
FocusScope {
    id: picker
    required property var people
    property bool many: false
    property var chosen: []     // [{userId, name, …}]
    signal picked(var person)
    implicitHeight: Theme.sp(90)

    function begin() { field.clear(); people.query = ""; field.forceActiveFocus(); }
    function take(row) {
        if (!row) return;
        const person = { userId: row.userId, name: row.name, handle: row.handle, color: row.color, initials: row.initials };
        if (many) {
            const there = chosen.some(p => p.userId === person.userId);
            chosen = there ? chosen.filter(p => p.userId !== person.userId) : chosen.concat([person]);
            field.clear();
            people.query = "";
        }
        picked(person);
    }
    Flow {
        id: chips
        width: parent.width
        spacing: Theme.sp(1.5)
        bottomPadding: picker.chosen.length ? Theme.sp(2) : 0
        Repeater {
            model: picker.chosen
            Rectangle {
                id: chip
                required property var modelData
                height: Theme.sp(7)
                width: Math.min(words.implicitWidth + Theme.sp(10), chips.width)
                radius: height / 2
                color: Theme.accentSoft
                Label {
                    id: words
                    x: Theme.sp(3)
                    width: parent.width - Theme.sp(10)
                    anchors.verticalCenter: parent.verticalCenter
                    text: chip.modelData.name
                    font.pixelSize: Theme.label
                    color: Theme.accentText
                }
                IconButton {
                    anchors.right: parent.right
                    implicitWidth: parent.height
                    implicitHeight: parent.height
                    iconName: "close"
                    iconSize: Theme.iconSmall
                    text: qsTr("Remove %1").arg(chip.modelData.name)
                    onClicked: picker.chosen = picker.chosen.filter(p => p.userId !== chip.modelData.userId)
                }
            }
        }
    }
    TextField {
        id: field
        focus: true
        y: chips.height
        width: parent.width
        iconName: "search"
        placeholder: qsTr("Name or user name")
        onEdited: { picker.people.query = text; list.currentIndex = 0; }
        onAccepted: picker.take(list.currentItem)
        Keys.onDownPressed: list.currentIndex = Math.min(list.count - 1, list.currentIndex + 1)
        Keys.onUpPressed: list.currentIndex = Math.max(0, list.currentIndex - 1)
    }
    ListView {
        id: list
        objectName: "people"
        y: field.y + field.height + Theme.sp(2)
        width: parent.width
        height: parent.height - y
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: picker.people.results ?? picker.people
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("People")
        delegate: PersonRow {
            width: list.width
            height: Theme.sp(11)
            compact: true
            selected: ListView.isCurrentItem
            checked: picker.chosen.some(p => p.userId === userId)
            onChosen: { list.currentIndex = index; picker.take(this); }
        }
        EmptyState { anchors.fill: parent; visible: list.count === 0 && !picker.people.busy; text: picker.people.error ? picker.people.error : qsTr("Nobody by that name.") }
    }
}
