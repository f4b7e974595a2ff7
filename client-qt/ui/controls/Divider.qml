import QtQuick
import Starling.Ui

Rectangle {
    property bool upright: false
    implicitWidth: Theme.hairline
    implicitHeight: Theme.hairline
    color: Theme.border
    Accessible.ignored: true
}
