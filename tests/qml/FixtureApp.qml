import QtQuick
import Starling.Fixtures
import "people.js" as People

// An `app` with the names of the contract between models and pages, full of awkward data. Calls are kept in `calls`.
QtObject {
    id: app
    property var calls: []
    function called(name, ...args) { calls.push([name].concat(args)); }

    property string page: "chat"
    property string appearance: "light"
    property real scale: 1.0
    property bool reducedMotion: true
    property bool tray: true
    property bool keepRunning: false
    property string serverName: "Murmuration"
    property FixtureModel servers: FixtureModel {
        rows: [
            { url: "https://chat.example.org", name: "Murmuration", user: "mira", current: true },
            { url: "https://other.example.org", name: "Reading group", user: "m.lindqvist", current: false }
        ]
    }
    signal serverFound(var info)
    signal serverFailed(string text, string detail)
    signal serverUntrusted(string fingerprint, string subject, string reason)
    signal signedIn()
    signal signInFailed(string code, string text, int retryAfterMs)
    signal totpRequired()
    signal warned(string text)
    function connectServer(url) { called("connectServer", url); }
    function trust(fingerprint) { called("trust", fingerprint); }
    function signIn(url, handle, password, totp, recoveryCode) { called("signIn", url, handle, password, totp, recoveryCode); }
    function signUp(url, handle, displayName, password, invite) { called("signUp", url, handle, displayName, password, invite); }
    function signOut() { called("signOut"); }
    function switchServer(index) { called("switchServer", index); }

    property var session: theSession
    property QtObject theSession: QtObject {
        signal failed(string text)
        property var me: People.people[0]
        property FixtureModel rooms: FixtureModel { rows: People.rooms() }
        property QtObject notifications: QtObject {
            property string level: "all"
            property bool preview: true
            property bool sound: true
            property double quietUntilMs: 0
            property bool quiet: false
            function quietFor(minutes) { app.called("quietFor", minutes); quiet = minutes > 0; quietUntilMs = People.base + minutes * 60000; }
            function quietUntilTomorrow() { app.called("quietUntilTomorrow"); }
        }
        property QtObject folders: QtObject {
            property var names: ["Birds and other animals that fly", "Work"]
            function move(room, folder) { app.called("moveToFolder", room, folder); }
            function rename(from, to) { app.called("renameFolder", from, to); }
            function remove(folder) { app.called("removeFolder", folder); }
            function setCollapsed(folder, collapsed) { app.called("setCollapsed", folder, collapsed); }
        }
        function muteRoom(id, on) { app.called("muteRoom", id, on); }
        property FixtureModel invitations: FixtureModel { rows: [{ room: "30", title: "Lunch club", inviter: "Tomás Ferreira" }] }
        property var room: theRoom
        property QtObject theRoom: FixtureRoom { app: app }
        function openRoom(id) { app.called("openRoom", id); room = theRoom; }
        function openDirect(id) { app.called("openDirect", id); }
        function createRoom(title, isPublic, members) { app.called("createRoom", title, isPublic, members); }
        function joinRoom(id) { app.called("joinRoom", id); }
        function joinByLink(text) { app.called("joinByLink", text); }
        function acceptInvitation(id) { app.called("acceptInvitation", id); }
        function declineInvitation(id) { app.called("declineInvitation", id); }
        property QtObject search: FixtureModel {
            property string query
            property string roomId
            property string senderId
            property double fromMs: 0
            property double toMs: 0
            property bool busy: false
            property string error
            rows: [
                { roomId: "7", roomTitle: "Release 0.9", seq: 103, senderName: "Aiko 渡辺愛子", senderColor: "#5b4bb0", timeText: "Yesterday, 17:05", html: "The nightly run found one flaky <mark>seed</mark>, 41263; everything else is green." },
                { roomId: "8", roomTitle: "Engineering", seq: 55, senderName: "Priya Raghunathan", senderColor: "#b03a6a", timeText: "12 September, 11:20", html: "Every failing <mark>seed</mark> goes to <code>tests/sim/regressions</code>, with the commit that broke it." },
                { roomId: "15", roomTitle: "A room whose title was written by somebody who does not believe in short titles", seq: 9, senderName: People.people[4].name, senderColor: "#9a6400", timeText: "3 August, 08:02", html: "<mark>Seed</mark>s, seedlings and a very long line of text that has to wrap at least once on a narrow window." }
            ]
        }
        property QtObject people: FixtureModel { property string query; rows: People.people.slice(1) }
        property QtObject publicRooms: FixtureModel {
            property string query
            rows: [
                { roomId: "40", title: "Welcome", topic: "Start here: who we are and how things work", members: 312 },
                { roomId: "41", title: "Board games", topic: "", members: 24 },
                { roomId: "42", title: "A room whose title was written by somebody who does not believe in short titles", topic: "And whose topic is even longer than that, so that it has to be cut or wrapped wherever it is shown", members: 1 }
            ]
        }
        property QtObject quick: FixtureModel {
            property string query
            rows: [
                { kind: "room", id: "7", title: "Release 0.9", subtitle: "Everything around the 0.9 release", color: "#0b6e6b", initials: "R0", unread: 5 },
                { kind: "room", id: "8", title: "Engineering", subtitle: "", color: "#2f6db5", initials: "E", unread: 128 },
                { kind: "person", id: "3", title: "Aiko 渡辺愛子", subtitle: "@aiko", color: "#5b4bb0", initials: "A渡", unread: 0 },
                { kind: "person", id: "5", title: People.people[4].name, subtitle: "@wolfeschlegelsteinhausenbergerd", color: "#9a6400", initials: "WM", unread: 0 },
                { kind: "person", id: "4", title: "ليلى عبد الرحمن", subtitle: "@layla", color: "#8e44a0", initials: "لع", unread: 0 }
            ]
        }
        property QtObject connection: QtObject {
            property string state: "online"
            property string reason: ""
            property double retryAtMs: 0
            property int retryInS: 0
            function retryNow() { app.called("retryNow"); }
        }
        property QtObject account: FixtureAccount { app: app }
    }
}
