import QtQuick
import QtQuick.Templates as T
import Starling.Ui

FocusScope {
    id: panel
    required property var room
    signal jumpWanted(var seq)

    ListView {
        id: list
        objectName: "pins"
        anchors.fill: parent
        anchors.margins: Theme.sp(3)
        clip: true
        focus: true
        activeFocusOnTab: true
        keyNavigationEnabled: true
        spacing: Theme.sp(2)
        boundsBehavior: Flickable.StopAtBounds
        model: panel.room.pins
        T.ScrollBar.vertical: ScrollBar {}
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Pinned messages")
        Keys.onReturnPressed: if (currentItem) panel.jumpWanted(currentItem.seq)
        delegate: Rectangle {
            id: pin
            required property double seq
            required property string text
            required property string sender
            width: list.width
            height: words.height + Theme.sp(6)
            radius: Theme.radius
            color: hover.hovered ? Theme.hover : "transparent"
            border.width: Theme.hairline
            border.color: Theme.border
            Accessible.role: Accessible.ListItem
            Accessible.name: sender + ": " + text
            Accessible.onPressAction: panel.jumpWanted(seq)
            FocusRing { shown: pin.ListView.isCurrentItem && list.activeFocus; gap: 0 }
            HoverHandler { id: hover; cursorShape: Qt.PointingHandCursor }
            TapHandler { onTapped: panel.jumpWanted(pin.seq) }
            Column {
                id: words
                x: Theme.sp(3)
                y: Theme.sp(3)
                width: parent.width - 2 * x - unpin.width
                spacing: Theme.sp(0.5)
                Label { width: parent.width; text: pin.sender; font.pixelSize: Theme.label; font.weight: Font.DemiBold; Accessible.ignored: true }
                Label {
                    width: parent.width
                    text: pin.text
                    wrapMode: Text.Wrap
                    maximumLineCount: 6
                    elide: Text.ElideRight
                    color: Theme.textMuted
                    Accessible.ignored: true
                }
            }
            IconButton {
                id: unpin
                anchors.right: parent.right
                anchors.rightMargin: Theme.sp(1)
                y: Theme.sp(1)
                iconName: "close"
                iconSize: Theme.iconSmall
                text: qsTr("Unpin")
                onClicked: panel.room.pin(pin.seq, false)
            }
        }
        EmptyState {
            anchors.fill: parent
            visible: list.count === 0
            iconName: "pin"
            title: qsTr("Nothing pinned")
            text: qsTr("Pin a message from its menu, and everybody finds it here.")
        }
    }
}
