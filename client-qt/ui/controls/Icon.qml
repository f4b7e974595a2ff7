import QtQuick
import Starling.Ui

PathArt {
    property string name
    property int size: Theme.icon

    path: IconSet.paths[name] ?? ""
    color: Theme.textMuted
    implicitWidth: size
    implicitHeight: size
    width: size
    height: size
    Accessible.ignored: true
}
