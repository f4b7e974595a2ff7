import QtQuick
import Starling.Ui

// A starling, drawn in a square of 64 units.
Item {
    id: logo
    property int size: Theme.sp(16)

    implicitWidth: size
    implicitHeight: size
    width: size
    height: size
    Accessible.role: Accessible.Graphic
    Accessible.name: "Starling"
    component Layer: PathArt { anchors.fill: parent; box: 64; stroke: 0 }
    Layer { color: Theme.birdBeak; path: "M44.500 12.500 61 18.200 45.500 22Z" }
    Layer {
        color: Theme.birdBody
        path: "M48 17.500C47 10 41 6 34.500 7.500C28 9 25.500 14 24.500 19C23.500 24 19.500 27 16 31.500C10.500 38.500 7.500 48 4 60L10.500 57L11.500 61L23 50.500C36 53 49 46 50.500 33C51 28 49.500 24 48 17.500Z"
    }
    Layer {
        color: Theme.birdWing
        path: "M22 27C31 23.500 39.500 28 41 35.500C35 45.500 24 48 10 54.500C12.500 42 15 31.500 22 27Z"
    }
    Layer { color: Theme.birdSheen; path: "M17.500 39C22 38.500 27 36.500 30.500 33.500C29.500 40 22.500 44.500 13 49.500C14 45.500 15.500 42 17.500 39Z" }
    Layer {
        color: Theme.birdSpot
        path: "M41 14.500a2 2 0 1 0-4 0a2 2 0 0 0 4 0ZM43.500 26a1.300 1.300 0 1 0-2.600 0a1.300 1.300 0 0 0 2.600 0ZM37 23a1.100 1.100 0 1 0-2.200 0a1.100 1.100 0 0 0 2.200 0ZM47.500 31.500a1.300 1.300 0 1 0-2.600 0a1.300 1.300 0 0 0 2.600 0ZM46 38a1.300 1.300 0 1 0-2.600 0a1.300 1.300 0 0 0 2.600 0ZM40.500 43.500a1.200 1.200 0 1 0-2.400 0a1.200 1.200 0 0 0 2.400 0ZM33.500 47a1.100 1.100 0 1 0-2.200 0a1.100 1.100 0 0 0 2.200 0ZM31 16.500a1 1 0 1 0-2 0a1 1 0 0 0 2 0Z"
    }
}
