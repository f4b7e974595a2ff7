import QtQuick
import QtQuick.Templates as T
import Starling.Ui

T.Button {
    id: pill
    property bool shown: false
    property int count: 0

    text: count > 0 ? qsTr("%n new", "", count) : qsTr("Latest")
    visible: opacity > 0
    opacity: shown ? 1 : 0
    implicitWidth: row.implicitWidth + Theme.sp(7)
    implicitHeight: Theme.sp(8)
    focusPolicy: Qt.TabFocus
    Accessible.role: Accessible.Button
    Accessible.name: qsTr("Jump to the latest message, %1").arg(text)
    Behavior on opacity { NumberAnimation { duration: Theme.fast } }
    HoverHandler { cursorShape: Qt.PointingHandCursor }
    contentItem: Item {
        Row {
            id: row
            anchors.centerIn: parent
            spacing: Theme.sp(1)
            Icon { name: "arrow-down"; size: Theme.iconSmall + 2; color: words.color; anchors.verticalCenter: parent.verticalCenter }
            Label {
                id: words
                text: pill.text
                font.pixelSize: Theme.label
                font.weight: Font.Medium
                color: pill.count > 0 ? Theme.accentInk : Theme.text
                anchors.verticalCenter: parent.verticalCenter
                Accessible.ignored: true
            }
        }
    }
    background: Card {
        radius: height / 2
        depth: 4
        color: pill.count > 0 ? (pill.hovered ? Theme.accentHover : Theme.accent) : Theme.raised
        border.width: pill.count > 0 ? 0 : Theme.hairline
        FocusRing { shown: pill.visualFocus; radius: height / 2 }
    }
}
