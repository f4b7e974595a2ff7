import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// A question in the middle of the window. The buttons are the page's own, in `actions`; Esc closes.
T.Popup {
    id: dialog
    property string title
    property string text
    property int wanted: Theme.sp(110)
    default property alias body: holder.data
    property list<Item> actions

    parent: T.Overlay.overlay
    modal: true
    focus: true
    dim: true
    x: Math.round(((parent?.width ?? 0) - width) / 2)
    y: Math.round(Math.max(Theme.sp(3), ((parent?.height ?? 0) - height) * 0.4))
    width: Math.min(wanted, (parent?.width ?? 0) - Theme.sp(6))
    height: Math.min(implicitHeight, (parent?.height ?? 0) - Theme.sp(6))
    implicitHeight: head.height + holder.childrenRect.height + (actions.length ? foot.height + Theme.sp(5) : 0) + Theme.sp(10)
    padding: 0
    closePolicy: T.Popup.CloseOnEscape | T.Popup.CloseOnPressOutside
    T.Overlay.modal: Rectangle { color: Theme.scrim }
    background: Card { depth: 12 }
    enter: Transition {
        NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.normal }
        NumberAnimation { property: "scale"; from: 0.98; to: 1; duration: Theme.normal; easing.type: Easing.OutCubic }
    }
    exit: Transition { NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.fast } }

    contentItem: FocusScope {
        focus: true
        Accessible.role: Accessible.Dialog
        Accessible.name: dialog.title
        Item {
            id: head
            x: Theme.sp(5)
            y: Theme.sp(5)
            width: parent.width - Theme.sp(10)
            height: headColumn.implicitHeight + Theme.sp(3)
            Column {
                id: headColumn
                width: parent.width - close.width - Theme.sp(2)
                spacing: Theme.sp(1.5)
                Label {
                    text: dialog.title
                    width: parent.width
                    font.pixelSize: Theme.title
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                    Accessible.role: Accessible.Heading
                }
                Label {
                    visible: text !== ""
                    text: dialog.text
                    width: parent.width + close.width
                    wrapMode: Text.Wrap
                    lineHeight: Theme.leading
                    font.pixelSize: Theme.label
                    color: Theme.textMuted
                }
            }
            IconButton {
                id: close
                anchors.right: parent.right
                anchors.rightMargin: -Theme.sp(2)
                y: -Theme.sp(1.5)
                iconName: "close"
                text: qsTr("Close")
                shortcut: "Esc"
                onClicked: dialog.close()
            }
        }
        Flickable {
            id: scroll
            x: Theme.sp(5) - Theme.sp(1)
            y: head.y + head.height
            width: parent.width - 2 * x
            height: parent.height - y - (dialog.actions.length ? foot.height + Theme.sp(10) : Theme.sp(5))
            contentHeight: holder.childrenRect.height
            clip: true
            interactive: contentHeight > height
            boundsBehavior: Flickable.StopAtBounds
            Item {
                id: holder
                x: Theme.sp(1)
                width: scroll.width - Theme.sp(2)
                height: childrenRect.height
            }
        }
        Flow {
            id: foot
            visible: dialog.actions.length > 0
            x: Theme.sp(5)
            width: parent.width - 2 * x
            y: parent.height - height - Theme.sp(5)
            spacing: Theme.sp(2)
            layoutDirection: Qt.RightToLeft
            children: dialog.actions
        }
    }
}
