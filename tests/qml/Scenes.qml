import QtQuick

// What is photographed: each scene brings the window into one state. `main` is Main.qml, `app` the fixture.
QtObject {
    readonly property var names: Object.keys(scenes)
    function set(name, main, app) { scenes[name](main, app); }

    readonly property var scenes: ({
        "chat": (main, app) => main.page.openRoom("7"),
        "rooms": (main, app) => { main.page.roomsShown = true; }
    })
}
