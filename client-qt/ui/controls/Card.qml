import QtQuick
import Starling.Ui

// The surface of what floats: popups, menus, dialogs. The shadow is two rectangles, which every backend can draw.
Rectangle {
    property int depth: 6

    color: Theme.raised
    radius: Theme.radiusLarge
    border.width: Theme.hairline
    border.color: Theme.border
    Rectangle {
        z: -1
        anchors.fill: parent
        anchors.margins: -2
        anchors.topMargin: 1
        anchors.bottomMargin: -parent.depth
        radius: parent.radius + 2
        color: Theme.shadow
    }
}
