import QtQuick
import Starling.Ui

// The accounts in this window, and what concerns oneself.
Menu {
    id: menu
    required property var app
    signal accountWanted(string tab)

    implicitWidth: Theme.sp(66)
    Instantiator {
        model: menu.app.servers
        delegate: MenuItem {
            required property int index
            required property string name
            required property string url
            required property string user
            required property bool current
            text: user ? qsTr("%1 on %2").arg(user).arg(name) : name
            checked: current
            iconName: "globe"
            onTriggered: if (!current) menu.app.switchServer(index)
        }
        onObjectAdded: (index, object) => menu.insertItem(index, object)
        onObjectRemoved: (index, object) => menu.removeItem(object)
    }
    MenuItem { text: qsTr("Add an account…"); iconName: "plus"; onTriggered: menu.app.page = "welcome" }
    MenuLine {}
    MenuItem { text: qsTr("Profile and status"); iconName: "user"; onTriggered: menu.accountWanted("profile") }
    MenuItem { text: qsTr("Notifications"); iconName: "bell"; onTriggered: menu.accountWanted("notifications") }
    MenuItem { text: qsTr("Appearance"); iconName: Theme.dark ? "moon" : "sun"; onTriggered: menu.accountWanted("appearance") }
    MenuItem { text: qsTr("Security and devices"); iconName: "shield"; onTriggered: menu.accountWanted("security") }
    MenuLine {}
    MenuItem { text: qsTr("Sign out"); iconName: "logout"; dangerous: true; onTriggered: menu.app.signOut() }
}
