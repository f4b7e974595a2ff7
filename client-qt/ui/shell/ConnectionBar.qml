import QtQuick
import Starling.Ui

// Says that the server cannot be reached, why, and when the next attempt comes. Nothing while all is well; nothing for the first
// moments of a connection, so that it does not flicker at a start.
Rectangle {
    id: bar
    property var connection
    readonly property string state_: connection?.state ?? "online"
    readonly property bool wanted: state_ === "waiting" || state_ === "offline" || (state_ === "connecting" && late)
    property bool late: false

    height: wanted ? Math.max(Theme.sp(9), words.implicitHeight + Theme.sp(3)) : 0
    color: Theme.warningSoft
    clip: true
    Behavior on height { NumberAnimation { duration: Theme.normal; easing.type: Easing.OutCubic } }
    Accessible.role: Accessible.AlertMessage
    Accessible.name: words.text

    Timer {
        interval: 1500
        running: bar.state_ === "connecting"
        onTriggered: bar.late = true
        onRunningChanged: if (!running) bar.late = false
    }
    Row {
        anchors.centerIn: parent
        spacing: Theme.sp(3)
        visible: bar.wanted
        Icon {
            name: "wifi-off"
            color: Theme.warningText
            anchors.verticalCenter: parent.verticalCenter
        }
        Label {
            id: words
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, bar.width - Theme.sp(18) - again.width)
            wrapMode: Text.Wrap
            font.pixelSize: Theme.label
            color: Theme.warningText
            text: {
                const c = bar.connection;
                if (!c) return "";
                const why = c.reason || qsTr("The server cannot be reached.");
                if (bar.state_ === "connecting") return qsTr("Connecting…");
                if (bar.state_ === "offline") return why;
                return c.retryInS > 0 ? qsTr("%1 Next attempt in %2\u00a0s.").arg(why).arg(c.retryInS) : qsTr("%1 Trying now…").arg(why);
            }
        }
        Button {
            id: again
            visible: bar.state_ !== "connecting"
            small: true
            text: qsTr("Try now")
            anchors.verticalCenter: parent.verticalCenter
            onClicked: bar.connection.retryNow()
        }
    }
}
