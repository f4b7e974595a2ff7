import QtQuick
import Starling.Ui

// The surface of what floats: popups, menus, dialogs. The shadow is a few rectangles, which every backend can draw.
Rectangle {
    id: card
    property int depth: 6

    color: Theme.raised
    radius: Theme.radiusLarge
    border.width: Theme.hairline
    border.color: Theme.border
    Repeater {
        model: card.depth
        Rectangle {
            required property int index
            readonly property real spread: (index + 1) * 1.5
            z: -1
            x: -spread
            y: -spread + card.depth * 0.5
            width: card.width + 2 * spread
            height: card.height + 2 * spread
            radius: card.radius + spread
            color: Theme.shadow
        }
    }
}
