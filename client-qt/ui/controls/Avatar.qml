import QtQuick
import Starling.Ui

// A person's colour and initials, or a room's (square); the dot is the presence.
Item {
    id: avatar
    property string initials
    property var tint: ""
    property string name
    property string presence
    property bool square: false
    property string iconName
    property int size: Theme.avatar
    property color ground: Theme.window
    readonly property color fill: tint ? tint : Theme.tint(name || initials)

    width: size
    height: size
    implicitWidth: size
    implicitHeight: size
    Accessible.role: Accessible.Graphic
    Accessible.name: name + (presence ? ", " + presence : "")

    function shortOf(text) {
        const words = text.trim().split(/\s+/).filter(w => w !== "");
        return words.slice(0, 2).map(w => String.fromCodePoint(w.codePointAt(0))).join("").toUpperCase();
    }
    Rectangle {
        anchors.fill: parent
        radius: avatar.square ? Math.min(Theme.radius, avatar.size / 4) : avatar.size / 2
        color: avatar.fill
        antialiasing: true
        Label {
            anchors.centerIn: parent
            visible: avatar.iconName === ""
            text: avatar.initials || avatar.shortOf(avatar.name)
            font.pixelSize: Math.round(avatar.size * 0.38)
            font.weight: Font.DemiBold
            color: Theme.over(avatar.fill)
            Accessible.ignored: true
        }
        Icon {
            anchors.centerIn: parent
            visible: avatar.iconName !== ""
            name: avatar.iconName
            size: Math.round(avatar.size * 0.5)
            color: Theme.over(avatar.fill)
        }
    }
    Rectangle {
        visible: avatar.presence !== ""
        width: Math.max(10, Math.round(avatar.size * 0.34))
        height: width
        radius: width / 2
        x: avatar.width - width + 2
        y: avatar.height - height + 2
        color: avatar.ground
        Rectangle {
            anchors.fill: parent
            anchors.margins: 2
            radius: width / 2
            antialiasing: true
            color: avatar.presence === "online" ? Theme.online : avatar.presence === "away" ? Theme.away : avatar.ground
            border.width: avatar.presence === "offline" ? 2 : 0
            border.color: Theme.offline
        }
    }
}
