import QtQuick
import Starling.Ui

// Under a message: it is on its way, has failed, or something about it was refused, and what to do; who has it.
Flow {
    id: line
    property string state_
    property string text
    property bool again: true
    signal acted(string what)
    readonly property bool failed: state_ === "failed"

    spacing: Theme.sp(1.5)
    Icon {
        height: words.height
        name: line.failed ? "alert" : line.state_ === "pending" ? "clock" : "checks"
        size: Theme.iconSmall
        color: line.failed ? Theme.danger : Theme.textFaint
    }
    Label {
        id: words
        readonly property int lineHeight_: line.failed ? Theme.controlSmall : Theme.sp(4.5)
        width: Math.min(implicitWidth, line.width - Theme.iconSmall - Theme.sp(2))
        height: Math.max(lineHeight_, implicitHeight)
        verticalAlignment: Text.AlignVCenter
        wrapMode: Text.Wrap
        text: line.text || (line.failed ? qsTr("Not sent") : line.state_ === "pending" ? qsTr("Sending…") : "")
        font.pixelSize: Theme.small
        color: line.failed ? Theme.danger : Theme.textFaint
    }
    Row {
        visible: line.failed
        Button { id: retry; visible: line.again; small: true; kind: "quiet"; text: qsTr("Try again"); onClicked: line.acted("retry") }
        Button { id: discard; small: true; kind: "quiet"; text: qsTr("Discard"); onClicked: line.acted("discard") }
    }
}
