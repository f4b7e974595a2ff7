import QtQuick
import QtQuick.Templates as T
import Starling.Ui

Flow {
    id: flow
    property var reactions: []
    signal reacted(string emoji)
    signal moreWanted(Item item)

    width: parent?.width ?? 0
    spacing: Theme.sp(1)
    topPadding: Theme.sp(0.5)
    bottomPadding: Theme.sp(0.5)
    Repeater {
        model: flow.reactions
        T.Button {
            id: chip
            required property var modelData
            readonly property string names: [].concat(modelData.names ?? []).join(", ")
            implicitHeight: Theme.sp(6)
            implicitWidth: face.implicitWidth + count.implicitWidth + Theme.sp(5)
            focusPolicy: Qt.TabFocus
            Accessible.role: Accessible.Button
            Accessible.name: qsTr("%1, %2: %3").arg(modelData.emoji).arg(modelData.count).arg(names)
            onClicked: flow.reacted(modelData.emoji)
            HoverHandler { cursorShape: Qt.PointingHandCursor }
            contentItem: Item {
                Label {
                    id: face
                    x: Theme.sp(2)
                    anchors.verticalCenter: parent.verticalCenter
                    text: chip.modelData.emoji
                    font.family: Theme.emojiFamily
                    font.pixelSize: Theme.emojiSmall
                    elide: Text.ElideNone
                    Accessible.ignored: true
                }
                Label {
                    id: count
                    x: face.x + face.width + Theme.sp(1)
                    anchors.verticalCenter: parent.verticalCenter
                    text: chip.modelData.count
                    font.pixelSize: Theme.small
                    font.weight: chip.modelData.mine ? Font.DemiBold : Font.Medium
                    color: chip.modelData.mine ? Theme.accentText : Theme.textMuted
                    Accessible.ignored: true
                }
            }
            background: Rectangle {
                radius: height / 2
                color: chip.modelData.mine ? Theme.accentSoft : chip.hovered ? Theme.hover : Theme.sunken
                border.width: Theme.hairline
                border.color: chip.modelData.mine ? Theme.accent : "transparent"
                FocusRing { shown: chip.visualFocus; radius: height / 2 }
            }
            Loader {
                active: chip.hovered && chip.names !== ""
                sourceComponent: Tip { parent: chip; visible: true; text: chip.names }
            }
        }
    }
    IconButton {
        id: more
        implicitHeight: Theme.sp(6)
        implicitWidth: Theme.sp(7)
        iconName: "smile-plus"
        iconSize: Theme.iconSmall + 2
        iconColor: Theme.textFaint
        text: qsTr("Add a reaction")
        onClicked: flow.moreWanted(more)
    }
}
