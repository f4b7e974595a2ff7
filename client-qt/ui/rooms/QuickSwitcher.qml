import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// Ctrl+K: type where to go; Up and Down choose, Enter goes, Esc closes.
T.Popup {
    id: popup
    required property var quick
    signal roomWanted(string roomId)
    signal directWanted(string userId)

    parent: T.Overlay.overlay
    modal: true
    focus: true
    padding: 0
    x: Math.round(((parent?.width ?? 0) - width) / 2)
    y: Math.round((parent?.height ?? 0) * 0.12)
    width: Math.min(Theme.sp(140), (parent?.width ?? 0) - Theme.sp(6))
    height: Math.min(field.height + list.contentHeight + foot.height + Theme.sp(9), (parent?.height ?? 0) * 0.76)
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    T.Overlay.modal: Rectangle { color: Theme.scrim }
    background: Card { depth: 12 }
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.fast } }
    exit: Transition { NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.fast } }
    onAboutToShow: { field.clear(); quick.query = ""; list.currentIndex = 0; field.forceActiveFocus(); }

    function go(row) {
        if (!row) return;
        close();
        if (row.kind === "room") roomWanted(row.target);
        else directWanted(row.target);
    }
    contentItem: FocusScope {
        focus: true
        Accessible.role: Accessible.Dialog
        Accessible.name: qsTr("Jump to a room or person")
        TextField {
            id: field
            objectName: "switcherField"
            focus: true
            x: Theme.sp(3)
            y: Theme.sp(3)
            width: parent.width - 2 * x
            iconName: "search"
            placeholder: qsTr("Where to?")
            onEdited: { popup.quick.query = text; list.currentIndex = 0; }
            onAccepted: popup.go(list.currentItem)
            Keys.onDownPressed: list.currentIndex = Math.min(list.count - 1, list.currentIndex + 1)
            Keys.onUpPressed: list.currentIndex = Math.max(0, list.currentIndex - 1)
        }
        ListView {
            id: list
            objectName: "switcherList"
            x: Theme.sp(2)
            y: field.y + field.height + Theme.sp(2)
            width: parent.width - 2 * x
            height: parent.height - y - foot.height - Theme.sp(2)
            clip: true
            highlightMoveDuration: 0
            boundsBehavior: Flickable.StopAtBounds
            model: popup.quick
            T.ScrollBar.vertical: ScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Rooms and people")
            delegate: QuickRow {
                width: list.width
                selected: ListView.isCurrentItem
                onChosen: popup.go(this)
            }
        }
        Item {
            id: foot
            width: parent.width
            height: Theme.sp(9)
            anchors.bottom: parent.bottom
            Divider { width: parent.width }
            Label {
                x: Theme.sp(4)
                width: parent.width - 2 * x
                anchors.verticalCenter: parent.verticalCenter
                text: list.count ? qsTr("↑ ↓ choose    Enter open    Esc close") : qsTr("Nothing by that name")
                font.pixelSize: Theme.caption
                color: Theme.textFaint
            }
        }
    }
}
