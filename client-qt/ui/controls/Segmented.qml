import QtQuick
import Starling.Ui

// One of a few choices: [{value, text, icon?}]. Arrow keys move, like radio buttons.
FocusScope {
    id: control
    property var options: []
    property var value
    property string name
    signal chosen(var value)

    implicitHeight: Theme.controlHeight
    implicitWidth: options.length * Theme.sp(26)
    activeFocusOnTab: true
    Accessible.role: Accessible.PageTabList
    Accessible.name: name

    function step(by) {
        const at = options.findIndex(o => o.value === value);
        chosen(options[Math.max(0, Math.min(options.length - 1, at + by))].value);
    }
    Keys.onLeftPressed: step(-1)
    Keys.onRightPressed: step(1)

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: Theme.sunken
        FocusRing { shown: control.activeFocus }
    }
    Row {
        anchors.fill: parent
        anchors.margins: 3
        Repeater {
            model: control.options
            Rectangle {
                id: segment
                required property var modelData
                readonly property bool on: modelData.value === control.value
                width: (control.width - 6) / control.options.length
                height: parent.height
                radius: Theme.radius - 2
                color: on ? Theme.raised : area.containsMouse ? Theme.hover : "transparent"
                border.width: on ? Theme.hairline : 0
                border.color: Theme.border
                Accessible.role: Accessible.PageTab
                Accessible.name: modelData.text
                Accessible.selected: on
                Accessible.onPressAction: control.chosen(modelData.value)
                Row {
                    anchors.centerIn: parent
                    spacing: Theme.sp(1.5)
                    Icon {
                        visible: (segment.modelData.icon ?? "") !== "" && segment.width > words.implicitWidth + Theme.icon + Theme.sp(6)
                        name: segment.modelData.icon ?? ""
                        size: Theme.iconSmall + 2
                        color: segment.on ? Theme.text : Theme.textMuted
                        anchors.verticalCenter: parent.verticalCenter
                    }
                    Label {
                        id: words
                        text: segment.modelData.text
                        font.pixelSize: Theme.label
                        font.weight: segment.on ? Font.DemiBold : Font.Medium
                        color: segment.on ? Theme.text : Theme.textMuted
                        width: Math.min(implicitWidth, segment.width - Theme.sp(3))
                        anchors.verticalCenter: parent.verticalCenter
                    }
                }
                MouseArea {
                    id: area
                    anchors.fill: parent
                    hoverEnabled: true
                    cursorShape: Qt.PointingHandCursor
                    onClicked: { control.forceActiveFocus(Qt.MouseFocusReason); control.chosen(segment.modelData.value); }
                }
            }
        }
    }
}
