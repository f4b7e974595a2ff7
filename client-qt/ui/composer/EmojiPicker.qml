import QtQuick
import QtQuick.Templates as T
import Starling.Ui
import "emoji.js" as Emoji

Popover {
    id: picker
    property string query
    signal chosen(string emoji)
    readonly property int cell: Theme.sp(9)
    readonly property int columns: Math.max(4, Math.min(8, Math.floor(((T.Overlay.overlay?.width ?? 400) - Theme.sp(12)) / cell)))

    focus: true
    implicitWidth: cell * columns + Theme.sp(4) + leftPadding + rightPadding
    implicitHeight: Theme.sp(84)
    onAboutToShow: { field.clear(); field.forceActiveFocus(); }

    contentItem: Item {
        TextField {
            id: field
            width: parent.width
            placeholder: qsTr("Search emoji")
            iconName: "search"
            onAccepted: { const first = Emoji.find(text)[0]; if (first) picker.chosen(first); }
        }
        ListView {
            id: groups
            y: field.height + Theme.sp(2)
            width: parent.width
            height: parent.height - y
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.vertical: ScrollBar {}
            model: field.text.trim() === "" ? Emoji.groups : [{ name: qsTr("Found"), emoji: Emoji.find(field.text) }]
            delegate: Column {
                id: group
                required property var modelData
                width: groups.width
                Label {
                    text: group.modelData.name
                    leftPadding: Theme.sp(1)
                    height: Theme.sp(7)
                    verticalAlignment: Text.AlignVCenter
                    font.pixelSize: Theme.small
                    font.weight: Font.DemiBold
                    color: Theme.textFaint
                }
                Grid {
                    columns: picker.columns
                    Repeater {
                        model: group.modelData.emoji
                        T.Button {
                            id: cell
                            required property string modelData
                            implicitWidth: picker.cell
                            implicitHeight: picker.cell
                            focusPolicy: Qt.TabFocus
                            Accessible.role: Accessible.Button
                            Accessible.name: modelData + " " + Emoji.nameOf(modelData)
                            onClicked: picker.chosen(modelData)
                            Keys.onReturnPressed: clicked()
                            contentItem: Label {
                                text: cell.modelData
                                horizontalAlignment: Text.AlignHCenter
                                verticalAlignment: Text.AlignVCenter
                                font.family: Theme.emojiFamily
                                font.pixelSize: Theme.emoji
                                elide: Text.ElideNone
                                Accessible.ignored: true
                            }
                            background: Rectangle {
                                radius: Theme.radius
                                color: cell.hovered ? Theme.hover : "transparent"
                                FocusRing { shown: cell.visualFocus; gap: 0 }
                            }
                        }
                    }
                }
            }
        }
    }
}
