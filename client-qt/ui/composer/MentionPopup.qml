import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// Completes the '@' before the cursor from the room's members. Up and Down choose, Enter or Tab takes, Esc closes.
T.Popup {
    id: popup
    required property var composer
    property var members
    property int start: -1

    padding: Theme.sp(1.5)
    implicitHeight: Math.min(list.count, 7) * Theme.sp(10) + 2 * padding
    closePolicy: T.Popup.CloseOnPressOutside
    focus: false
    background: Card {}
    onClosed: if (members) members.query = ""

    function look() {
        const input = composer.input;
        const before = input.getText(0, input.cursorPosition);
        const found = /(^|[\s(])@([^\s@]{0,32})$/.exec(before);
        if (!found || !members) {
            close();
            return;
        }
        start = input.cursorPosition - found[2].length - 1;
        members.query = found[2];
        if (!visible) {
            list.currentIndex = 0;
            open();
        }
        if (list.count === 0) close();
    }
    function choose() {
        const row = list.currentItem;
        if (!row) return;
        const input = composer.input;
        const handle = row.handle;
        composer.mentioned[handle] = row.userId;
        const at = start;
        close();
        input.remove(at, input.cursorPosition);
        input.insert(at, "@" + handle + " ");
        close();
    }
    function take(event) {
        switch (event.key) {
        case Qt.Key_Down: list.currentIndex = Math.min(list.count - 1, list.currentIndex + 1); return true;
        case Qt.Key_Up: list.currentIndex = Math.max(0, list.currentIndex - 1); return true;
        case Qt.Key_Return:
        case Qt.Key_Enter:
        case Qt.Key_Tab: choose(); return true;
        case Qt.Key_Escape: close(); return true;
        }
        return false;
    }
    contentItem: ListView {
        id: list
        objectName: "mentions"
        clip: true
        model: popup.members
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: qsTr("People to mention")
        delegate: PersonRow {
            width: list.width
            height: Theme.sp(10)
            compact: true
            selected: ListView.isCurrentItem
            onChosen: { list.currentIndex = index; popup.choose(); }
        }
    }
}
