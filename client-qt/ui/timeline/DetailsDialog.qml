import QtQuick
import Starling.Ui

// Everything that is known about the way of a message.
Dialog {
    id: dialog
    property var details: ({})
    title: qsTr("Delivery details")
    readonly property var lines: {
        const d = details ?? {}, at = ms => ms > 0 ? Qt.formatDateTime(new Date(ms), "d MMM yyyy, HH:mm:ss.zzz") : "–";
        const took = d.storedMs > 0 && d.sentMs > 0 ? d.storedMs - d.sentMs : -1;
        return [
            { icon: "send", name: qsTr("Sent"), value: at(d.sentMs) },
            { icon: "check", name: qsTr("Stored on the server"), value: at(d.storedMs) + (took >= 0 && took < 100000 ? "  (" + qsTr("after %1 ms").arg(took) + ")" : "") },
            { icon: "checks", name: qsTr("Delivered to"), value: d.deliveredTo === undefined ? "–" : String(d.deliveredTo) },
            { icon: "eye", name: qsTr("Read by"), value: d.readBy === undefined ? "–" : String(d.readBy) },
            { icon: "device", name: qsTr("From the device"), value: String(d.device ?? "–") },
            { icon: "hash", name: qsTr("Number in the room"), value: qsTr("%1 (epoch %2)").arg(d.seq ?? "–").arg(d.epoch ?? "–") },
            { icon: "hash", name: qsTr("Number of the device"), value: String(d.cseq ?? "–") },
            { icon: "key", name: qsTr("Message id"), value: String(d.msgId ?? "–"), mono: true }
        ];
    }
    Column {
        width: parent.width
        Repeater {
            model: dialog.lines
            Item {
                id: line
                required property var modelData
                width: parent.width
                height: Math.max(Theme.sp(11), words.height + Theme.sp(3))
                Icon { id: icon; anchors.verticalCenter: parent.verticalCenter; name: line.modelData.icon }
                Column {
                    id: words
                    x: icon.width + Theme.sp(3)
                    width: parent.width - x
                    anchors.verticalCenter: parent.verticalCenter
                    Label { width: parent.width; text: line.modelData.name; font.pixelSize: Theme.small; color: Theme.textFaint }
                    Label {
                        width: parent.width
                        wrapMode: Text.WrapAnywhere
                        text: line.modelData.value
                        font.family: line.modelData.mono ? Theme.monoFamily : Theme.family
                        font.pixelSize: Theme.label
                    }
                }
            }
        }
    }
}
