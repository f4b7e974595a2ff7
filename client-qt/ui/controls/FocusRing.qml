import QtQuick
import Starling.Ui

// Shown around what the keyboard is on, never around what the mouse pressed.
Rectangle {
    property bool shown: false
    property int gap: 2

    anchors.fill: parent
    anchors.margins: -gap
    visible: shown
    color: "transparent"
    border.width: Theme.ring
    border.color: Theme.accent
    radius: Theme.radius + gap
}
