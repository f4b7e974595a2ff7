import QtQuick
import Starling.Ui

// What the mouse can do with the message under it. One bar for the whole timeline: a thousand rows need no thousand bars.
Card {
    id: bar
    objectName: "actions"
    property Item row
    property Item area
    signal acted(string what, var message)
    signal reacted(string emoji, var message)
    signal reactWanted(var message)
    signal menuWanted(var message)

    depth: 3
    radius: Theme.radius
    visible: row !== null && !row.deleted && row.seq > 0 && row.message && row.visible
    width: buttons.width + 4
    height: buttons.height + 4
    x: area.width - width - Theme.sp(5)
    y: {
        if (!row) return 0;
        row.y; row.height; row.ListView.view?.contentY;
        const top = row.mapToItem(area, 0, 0).y;
        return Math.max(2, top - height / 2 + Theme.sp(row.dayText ? 10 : 0));
    }
    function leftRow(of) { if (of === row && !inside.hovered) leave.restart(); }

    Timer { id: leave; interval: 60; onTriggered: if (!inside.hovered && bar.row && !bar.row.hovered) bar.row = null }
    HoverHandler { id: inside; onHoveredChanged: if (!hovered) leave.restart() }
    component Action: IconButton { implicitWidth: Theme.sp(7.5); implicitHeight: Theme.sp(7.5); iconSize: Theme.iconSmall + 2 }
    Row {
        id: buttons
        x: 2
        y: 2
        Repeater {
            model: ["👍", "❤️", "😂"]
            Action {
                id: quick
                required property string modelData
                text: qsTr("React with %1").arg(modelData)
                tip: false
                onClicked: bar.reacted(modelData, bar.row.snapshot())
                Label {
                    anchors.centerIn: parent
                    text: quick.modelData
                    font.family: Theme.emojiFamily
                    font.pixelSize: Theme.emojiSmall
                    Accessible.ignored: true
                }
            }
        }
        Action { iconName: "smile-plus"; text: qsTr("Another reaction"); onClicked: bar.reactWanted(bar.row.snapshot()) }
        Action { iconName: "reply"; text: qsTr("Reply"); onClicked: bar.acted("reply", bar.row.snapshot()) }
        Action { iconName: "thread"; text: qsTr("Thread"); onClicked: bar.acted("thread", bar.row.snapshot()) }
        Action { iconName: "edit"; text: qsTr("Edit"); visible: bar.row?.own ?? false; onClicked: bar.acted("edit", bar.row.snapshot()) }
        Action { iconName: "more"; text: qsTr("More"); onClicked: bar.menuWanted(bar.row.snapshot()) }
    }
}
