import QtQuick
import Starling.Ui

Menu {
    id: menu
    property var room
    function jump(days) {
        const day = new Date();
        day.setHours(0, 0, 0, 0);
        room.jumpToDate(days < 0 ? 0 : day.getTime() - days * 86400000);
    }
    MenuItem { text: qsTr("Today"); iconName: "calendar"; onTriggered: menu.jump(0) }
    MenuItem { text: qsTr("Yesterday"); iconName: "calendar"; onTriggered: menu.jump(1) }
    MenuItem { text: qsTr("A week ago"); iconName: "calendar"; onTriggered: menu.jump(7) }
    MenuItem { text: qsTr("A month ago"); iconName: "calendar"; onTriggered: menu.jump(30) }
    MenuItem { text: qsTr("The beginning"); iconName: "history"; onTriggered: menu.jump(-1) }
}
