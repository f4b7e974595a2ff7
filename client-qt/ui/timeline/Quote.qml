import QtQuick
import Starling.Ui

// What a message answers: a line of it; a press goes there.
Item {
    id: quote
    property string sender
    property string words
    signal opened()

    width: parent?.width ?? 0
    height: Theme.sp(6)
    Accessible.role: Accessible.Link
    Accessible.name: qsTr("Answer to %1: %2").arg(sender).arg(words)
    Accessible.onPressAction: opened()
    HoverHandler { cursorShape: Qt.PointingHandCursor }
    TapHandler { onTapped: quote.opened() }
    Rectangle { width: 3; height: parent.height - Theme.sp(1); radius: 2; color: Theme.borderStrong; anchors.verticalCenter: parent.verticalCenter }
    Label {
        id: who
        x: Theme.sp(2.5)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width * 0.4)
        text: quote.sender
        font.pixelSize: Theme.label
        font.weight: Font.Medium
        color: Theme.textMuted
    }
    Label {
        x: who.x + who.width + Theme.sp(2)
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - x
        // Characters of no width at the end would take room all the same once the line is cut.
        text: quote.words.replace(/[\u200b\u200c\u2060\ufeff\s]+$/, "").replace(/\s+/g, " ")
        font.pixelSize: Theme.label
        color: Theme.textFaint
    }
}
