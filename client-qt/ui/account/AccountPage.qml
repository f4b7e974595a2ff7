import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// What concerns oneself: profile, notifications, security, devices, blocked people, appearance.
FocusScope {
    id: page
    required property var app
    required property var session
    property bool narrow: false
    property string tab: "profile"
    readonly property var account: session.account
    readonly property var tabs: [
        { value: "profile", text: qsTr("Profile"), icon: "user" },
        { value: "notifications", text: qsTr("Notifications"), icon: "bell" },
        { value: "security", text: qsTr("Security"), icon: "shield" },
        { value: "devices", text: qsTr("Devices"), icon: "device" },
        { value: "blocks", text: qsTr("Blocked people"), icon: "ban" },
        { value: "appearance", text: qsTr("Appearance"), icon: "sun" }
    ]
    readonly property bool aside: width >= Theme.sp(160)
    signal backWanted()
    signal notice(string text, string kind)
    Keys.onEscapePressed: backWanted()
    onTabChanged: account.forgetError()
    Component.onCompleted: account.forgetError()
    Connections {
        target: page.account
        function onDone(what) {
            if (what === "saved") page.notice(qsTr("Saved"), "");
            else if (what === "password") page.notice(qsTr("The password is changed. Your other devices have to sign in again."), "");
        }
    }

    Item {
        id: head
        width: parent.width
        height: Theme.barHeight
        IconButton {
            id: back
            x: Theme.sp(page.narrow ? 1 : 3)
            anchors.verticalCenter: parent.verticalCenter
            iconName: "back"
            text: qsTr("Back")
            shortcut: "Esc"
            onClicked: page.backWanted()
        }
        Label {
            x: back.x + back.width + Theme.sp(2)
            width: parent.width - x - Theme.sp(3)
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("Settings")
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Divider { width: parent.width; anchors.bottom: parent.bottom }
    }
    Flow {
        id: nav
        x: Theme.sp(page.narrow ? 2 : 3)
        y: head.height + Theme.sp(3)
        width: page.aside ? Theme.sp(44) : parent.width - 2 * x
        spacing: Theme.sp(1)
        Repeater {
            model: page.tabs
            T.AbstractButton {
                id: item
                required property var modelData
                readonly property bool on: modelData.value === page.tab
                implicitHeight: Theme.sp(9)
                implicitWidth: page.aside ? nav.width : label.implicitWidth + Theme.icon + Theme.sp(7)
                focusPolicy: Qt.StrongFocus
                Accessible.role: Accessible.PageTab
                Accessible.name: modelData.text
                Accessible.selected: on
                Keys.onReturnPressed: clicked()
                onClicked: page.tab = modelData.value
                HoverHandler { cursorShape: Qt.PointingHandCursor }
                contentItem: Item {
                    Icon { id: icon; x: Theme.sp(2.5); name: item.modelData.icon; color: item.on ? Theme.accentText : Theme.textMuted; anchors.verticalCenter: parent.verticalCenter }
                    Label {
                        id: label
                        x: icon.x + icon.width + Theme.sp(2)
                        anchors.verticalCenter: parent.verticalCenter
                        text: item.modelData.text
                        font.weight: Font.Medium
                        font.pixelSize: Theme.label
                        color: item.on ? Theme.accentText : Theme.text
                        Accessible.ignored: true
                    }
                }
                background: Rectangle {
                    radius: Theme.radius
                    color: item.on ? Theme.accentSoft : item.hovered ? Theme.hover : "transparent"
                    FocusRing { shown: item.visualFocus; gap: 0 }
                }
            }
        }
    }
    Flickable {
        id: scroll
        x: page.aside ? nav.x + nav.width + Theme.sp(4) : 0
        y: page.aside ? head.height : nav.y + nav.height + Theme.sp(2)
        width: parent.width - x
        height: parent.height - y
        contentHeight: body.y + body.height + Theme.sp(10)
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        T.ScrollBar.vertical: ScrollBar {}
        Notice {
            id: refused
            visible: text !== ""
            x: body.x
            y: Theme.sp(page.aside ? 6 : 4)
            width: body.width
            kind: "danger"
            text: page.account.errorText
        }
        Loader {
            id: body
            x: Theme.sp(page.narrow ? 4 : 5)
            y: refused.y + (refused.visible ? refused.height + Theme.sp(4) : 0)
            width: Math.min(Theme.sp(130), scroll.width - 2 * x)
            sourceComponent: page.tab === "security" ? security : page.tab === "devices" ? devices : page.tab === "blocks" ? blocks
                : page.tab === "appearance" ? appearance : page.tab === "notifications" ? notifications : profile
            onSourceComponentChanged: scroll.contentY = 0
        }
    }
    Component { id: profile; ProfileSettings { account: page.account; me: page.session.me } }
    Component { id: notifications; NotificationSettings { app: page.app; notifications: page.session.notifications } }
    Component { id: security; SecuritySettings { account: page.account; onNotice: (text, kind) => page.notice(text, kind) } }
    Component { id: devices; DeviceSettings { account: page.account } }
    Component { id: blocks; BlockSettings { account: page.account } }
    Component { id: appearance; AppearanceSettings { app: page.app } }
}
