import QtQuick
import Starling.Ui

// The window. Everything it shows comes from `app` (docs/CLIENT.md names its properties); without a session it is the welcome
// page, with one it is the chat.
Window {
    id: main
    required property var app
    readonly property alias page: loader.item
    readonly property bool signedIn: app !== null && app.session !== null && app.session !== undefined
    readonly property bool welcoming: !signedIn || app.page === "welcome"

    width: 1280
    height: 800
    minimumWidth: 360
    minimumHeight: 480
    visible: true
    color: Theme.window
    title: {
        const room = signedIn ? app.session.room : null;
        return room ? room.title + " – Starling" : "Starling";
    }

    Binding { target: Theme; property: "appearance"; value: main.app.appearance ?? "system" }
    Binding { target: Theme; property: "scale"; value: main.app.scale ?? 1.0 }
    Binding { target: Theme; property: "reducedMotion"; value: main.app.reducedMotion ?? false }

    function toast(text, kind) { toasts.show(text, kind); }

    Loader {
        id: loader
        anchors.fill: parent
        focus: true
        sourceComponent: main.welcoming ? welcome : chat
    }
    Component { id: welcome; Welcome { app: main.app; mayLeave: main.signedIn } }
    Component { id: chat; Chat { app: main.app; session: main.app.session; onNotice: (text, kind) => main.toast(text, kind) } }
    Toasts { id: toasts }
    Connections {
        target: main.app
        function onWarned(text) { main.toast(text, "error"); }
    }
    Connections {
        target: main.signedIn ? main.app.session : null
        function onFailed(text) { main.toast(text, "error"); }
    }
}
