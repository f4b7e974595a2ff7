import QtQuick
import Starling.Ui

Item {
    id: line
    property string text
    height: Theme.sp(5)
    Row {
        visible: line.text !== ""
        spacing: Theme.sp(1.5)
        anchors.verticalCenter: parent.verticalCenter
        Row {
            spacing: 3
            anchors.verticalCenter: parent.verticalCenter
            Repeater {
                model: 3
                Rectangle {
                    id: dot
                    required property int index
                    width: Theme.sp(1)
                    height: width
                    radius: width / 2
                    color: Theme.textFaint
                    SequentialAnimation on opacity {
                        running: line.text !== "" && !Theme.reducedMotion
                        loops: Animation.Infinite
                        PauseAnimation { duration: dot.index * Theme.normal }
                        NumberAnimation { from: 1; to: 0.3; duration: Theme.pulse }
                        NumberAnimation { from: 0.3; to: 1; duration: Theme.pulse }
                        PauseAnimation { duration: (3 - dot.index) * Theme.normal }
                    }
                }
            }
        }
        Label {
            width: Math.min(implicitWidth, line.width - Theme.sp(8))
            text: line.text
            font.pixelSize: Theme.small
            color: Theme.textMuted
        }
    }
}
