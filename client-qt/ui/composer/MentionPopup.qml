import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// Completes the '@' before the cursor from the room's members, and last with everybody for who may call them. Up and Down
// choose, Enter or Tab takes, Esc closes.
T.Popup {
    id: popup
    required property var composer
    property var members
    property int start: -1
    property bool everybody: false   // is offered
    property int at: 0               // chosen: a member, or behind the last one everybody
    readonly property int offered: list.count + (everybody ? 1 : 0)

    padding: Theme.sp(1.5)
    implicitHeight: Math.min(offered, 7) * Theme.sp(10) + 2 * padding
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
        everybody = (composer.room?.mayCallRoom ?? false) && "room".startsWith(found[2].toLowerCase());
        if (!visible) {
            at = 0;
            open();
        }
        at = Math.min(at, Math.max(0, offered - 1));
        if (offered === 0) close();
    }
    function choose() {
        const row = at < list.count ? list.itemAtIndex(at) : null;
        if (!row && at < list.count) return;
        const input = composer.input;
        const handle = row?.handle ?? "room";
        if (row) composer.mentioned[handle] = row.userId;
        const begin = start;
        close();
        input.remove(begin, input.cursorPosition);
        input.insert(begin, "@" + handle + " ");
        close();
    }
    function go(to) {
        at = Math.max(0, Math.min(offered - 1, to));
        if (at < list.count) list.positionViewAtIndex(at, ListView.Contain);
        else list.positionViewAtEnd();
    }
    function take(event) {
        switch (event.key) {
        case Qt.Key_Down: go(at + 1); return true;
        case Qt.Key_Up: go(at - 1); return true;
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
            selected: index === popup.at
            onChosen: { popup.at = index; popup.choose(); }
        }
        footer: MenuItem {
            visible: popup.everybody
            height: visible ? Theme.sp(10) : 0
            width: list.width
            iconName: "users"
            text: qsTr("Everybody in the room: @room")
            highlighted: popup.at === list.count
            focusPolicy: Qt.NoFocus
            onTriggered: { popup.at = list.count; popup.choose(); }
        }
    }
}
