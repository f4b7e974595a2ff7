import QtQuick
import QtQuick.Templates as T
import Starling.Ui

FocusScope {
    id: panel
    required property var room
    readonly property bool moderator: room?.moderator ?? false
    readonly property bool admin: room?.admin ?? false
    readonly property bool direct: room.kind === "direct"
    signal dialogWanted(string name, var argument)
    signal notice(string text, string kind)

    Connections {
        target: panel.room
        function onSettingsSaved() { panel.notice(qsTr("Saved"), ""); }
    }
    Flickable {
        id: scroll
        anchors.fill: parent
        contentHeight: column.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: ScrollBar {}
        Column {
            id: column
            x: Theme.sp(4)
            width: scroll.width - 2 * x
            topPadding: Theme.sp(4)
            bottomPadding: Theme.sp(6)
            spacing: Theme.sp(5)

            Column {
                visible: !panel.direct
                width: parent.width
                spacing: Theme.sp(3)
                TextField {
                    id: title
                    objectName: "roomTitle"
                    width: parent.width
                    label: qsTr("Name")
                    text: panel.room.title
                    enabled: panel.moderator
                    maximumLength: 100
                }
                TextField {
                    id: topic
                    width: parent.width
                    label: qsTr("Topic")
                    text: panel.room.topic
                    placeholder: qsTr("What is talked about here")
                    enabled: panel.moderator
                    maximumLength: 500
                }
                Button {
                    visible: panel.moderator
                    kind: "primary"
                    text: panel.room.settingsBusy ? qsTr("Saving…") : qsTr("Save")
                    enabled: !panel.room.settingsBusy && title.text.trim() !== "" && (title.text !== panel.room.title || topic.text !== panel.room.topic)
                    onClicked: {
                        if (title.text !== panel.room.title) panel.room.setTitle(title.text.trim());
                        if (topic.text !== panel.room.topic) panel.room.setTopic(topic.text.trim());
                    }
                }
            }
            Notice { visible: text !== ""; width: parent.width; kind: "danger"; text: panel.room.settingsError }
            Divider { width: parent.width; visible: !panel.direct }
            Switch {
                width: parent.width
                text: qsTr("Mute notifications")
                help: qsTr("Only mentions of you are shown.")
                checked: panel.room.muted ?? false
                onToggled: panel.room.setMuted(checked)
            }
            Button {
                width: parent.width
                iconName: "folder"
                text: panel.room.folder ? qsTr("Folder: %1…").arg(panel.room.folder) : qsTr("Move to a folder…")
                onClicked: panel.dialogWanted("folder", { roomId: panel.room.roomId, title: panel.room.title, folder: panel.room.folder })
            }
            Column {
                visible: !panel.direct
                width: parent.width
                spacing: Theme.sp(2)
                Label { text: qsTr("Who may find and join it"); font.pixelSize: Theme.label; font.weight: Font.Medium; color: Theme.textMuted }
                Segmented {
                    width: parent.width
                    enabled: panel.admin
                    opacity: enabled ? 1 : 0.6
                    name: qsTr("Who may find and join it")
                    value: panel.room.visibility
                    options: [{ value: "private", text: qsTr("Invited people"), icon: "lock" }, { value: "public", text: qsTr("Everybody"), icon: "globe" }]
                    onChosen: value => panel.room.setVisibility(value)
                }
            }
            Column {
                visible: !panel.direct
                width: parent.width
                spacing: Theme.sp(2)
                Label { text: qsTr("What new members can read"); font.pixelSize: Theme.label; font.weight: Font.Medium; color: Theme.textMuted }
                Segmented {
                    width: parent.width
                    enabled: panel.admin
                    opacity: enabled ? 1 : 0.6
                    name: qsTr("What new members can read")
                    value: panel.room.history
                    options: [{ value: "all", text: qsTr("Everything"), icon: "history" }, { value: "joined", text: qsTr("From then on"), icon: "clock" }]
                    onChosen: value => panel.room.setHistory(value)
                }
                Label {
                    visible: !panel.admin
                    width: parent.width
                    wrapMode: Text.Wrap
                    text: qsTr("Admins and owners decide this.")
                    font.pixelSize: Theme.small
                    color: Theme.textFaint
                }
            }
            Divider { width: parent.width; visible: invite.visible }
            InviteLink {
                id: invite
                visible: !panel.direct && panel.moderator
                width: parent.width
                room: panel.room
                onNotice: (text, kind) => panel.notice(text, kind)
            }
            Divider { width: parent.width }
            Button {
                width: parent.width
                iconName: "logout"
                text: panel.direct ? qsTr("Close the conversation…") : qsTr("Leave the room…")
                onClicked: panel.dialogWanted("leave", null)
            }
        }
    }
}
