import QtQuick
import Starling.Ui

Column {
    id: page
    required property var app
    spacing: Theme.sp(8)

    SettingsGroup {
        title: qsTr("Theme")
        Segmented {
            width: parent.width
            name: qsTr("Theme")
            value: page.app.appearance
            options: [{ value: "system", text: qsTr("System"), icon: "monitor" }, { value: "light", text: qsTr("Light"), icon: "sun" }, { value: "dark", text: qsTr("Dark"), icon: "moon" }]
            onChosen: value => page.app.appearance = value
        }
    }
    SettingsGroup {
        title: qsTr("Size")
        text: qsTr("Of text and everything around it.")
        Segmented {
            width: parent.width
            name: qsTr("Size")
            value: page.app.scale
            options: [{ value: 0.9, text: "90 %" }, { value: 1.0, text: "100 %" }, { value: 1.25, text: "125 %" }, { value: 1.5, text: "150 %" }]
            onChosen: value => page.app.scale = value
        }
    }
    SettingsGroup {
        title: qsTr("Motion")
        Switch {
            width: parent.width
            text: qsTr("Less motion")
            help: qsTr("Nothing slides or fades.")
            checked: Theme.reducedMotion
            onToggled: page.app.reducedMotion = checked
        }
    }
}
