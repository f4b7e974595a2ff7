import QtQuick
import Starling.Ui

Column {
    id: page
    required property var app
    required property var notifications
    spacing: Theme.sp(8)

    SettingsGroup {
        title: qsTr("Notify me of")
        text: qsTr("On all my devices. A room that is muted notifies of mentions only.")
        Column {
            width: parent.width
            Repeater {
                model: [
                    { value: "all", text: qsTr("All messages"), icon: "bell" },
                    { value: "mentions", text: qsTr("Mentions and direct messages"), icon: "at" },
                    { value: "nothing", text: qsTr("Nothing"), icon: "bell-off" }
                ]
                Choice {
                    required property var modelData
                    width: parent.width
                    text: modelData.text
                    iconName: modelData.icon
                    chosen: page.notifications.level === modelData.value
                    onClicked: page.notifications.level = modelData.value
                }
            }
        }
    }
    SettingsGroup {
        title: qsTr("Do not disturb")
        text: page.notifications.quiet
            ? qsTr("Nothing notifies until %1.").arg(Qt.formatDateTime(new Date(page.notifications.quietUntilMs), "ddd d MMM, HH:mm"))
            : qsTr("Nothing notifies for a while, on any of my devices.")
        Flow {
            width: parent.width
            spacing: Theme.sp(2)
            Button { text: qsTr("Notify again"); kind: "primary"; visible: page.notifications.quiet; onClicked: page.notifications.quietFor(0) }
            Button { text: qsTr("For an hour"); iconName: "clock"; onClicked: page.notifications.quietFor(60) }
            Button { text: qsTr("For four hours"); iconName: "clock"; onClicked: page.notifications.quietFor(240) }
            Button { text: qsTr("Until tomorrow"); iconName: "moon"; onClicked: page.notifications.quietUntilTomorrow() }
        }
    }
    SettingsGroup {
        title: qsTr("What a notice is like")
        Switch {
            width: parent.width
            text: qsTr("Show what was written")
            help: qsTr("Otherwise only who wrote, and where.")
            checked: page.notifications.preview
            onToggled: page.notifications.preview = checked
        }
        Switch {
            width: parent.width
            text: qsTr("Play a sound")
            checked: page.notifications.sound
            onToggled: page.notifications.sound = checked
        }
    }
    SettingsGroup {
        visible: page.app.tray
        title: qsTr("On this computer")
        Switch {
            width: parent.width
            text: qsTr("Keep running when the window is closed")
            help: qsTr("Messages go on notifying. The bird in the tray opens the window again, and its menu ends the program.")
            checked: page.app.keepRunning
            onToggled: page.app.keepRunning = checked
        }
    }
}
