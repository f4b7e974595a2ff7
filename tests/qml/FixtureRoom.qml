import QtQuick
import Starling.Fixtures
import "people.js" as People

QtObject {
    id: room
    property var app
    property string roomId: "7"
    property string title: "Release 0.9"
    property string topic: "Everything around the 0.9 release: what is in, what is not, and who decides"
    property string kind: "group"
    property string role: "owner"
    property bool moderator: true
    property bool admin: true
    property bool mayCallRoom: true
    property string trouble          // what send and edit answer
    property bool settingsBusy: false
    property string settingsError
    property string inviteError
    signal settingsSaved()
    property string visibility: "private"
    property string history: "all"
    property int memberCount: 8
    property bool muted: false
    property string folder: ""
    property string typing: ""
    property string draft: ""
    property string draftConflict: ""
    property string inviteLink: ""
    property var thread: null
    property double threadRoot: 0
    property FixtureModel timeline: FixtureModel {
        property bool atLive: true
        property bool loadingOlder: false
        property bool hasOlder: false
        property int firstUnreadIndex: -1
        property int newBelow: 0
        function loadOlder() { room.app.called("loadOlder"); }
        function details(index) {
            return { device: "Laptop (Linux)", cseq: 88, epoch: 3, seq: get(index).seq, msgId: "5f0c9a7e2b1d48c3", sentMs: People.base, storedMs: People.base + 14, deliveredTo: 6, readBy: 5 };
        }
        rows: People.messages()
    }
    property FixtureModel theThread: FixtureModel {
        property bool atLive: true
        property bool loadingOlder: false
        property bool hasOlder: false
        property int firstUnreadIndex: -1
        property int newBelow: 0
        function loadOlder() {}
        function details(index) { return room.timeline.details(0); }
        rows: People.thread()
    }
    property FixtureModel members: FixtureModel {
        property string query
        property bool hasMore: false
        function fetchMore() {}
        rows: People.people.filter(p => query === "" || p.handle.startsWith(query.toLowerCase()) || p.name.toLowerCase().startsWith(query.toLowerCase()))
    }
    property FixtureModel pins: FixtureModel {
        rows: [
            { seq: 103, text: "Nice. The nightly run found one flaky seed, 41263; everything else is green.", sender: "Aiko 渡辺愛子" },
            { seq: 12, text: "Release checklist:\n1. changelog\n2. tag\n3. packages\n4. a walk\n5. announce\n6. another walk\n7. fix what the announcement found", sender: "Mira Lindqvist" },
            { seq: 5, text: "اجتماع الفريق كل يوم أحد في العاشرة صباحا", sender: "ليلى عبد الرحمن" }
        ]
    }
    function send(text, replyTo, threadRoot) { app.called("send", text, replyTo, threadRoot); return trouble; }
    function userOf(handle) { return handle === "tomas" ? "2" : ""; }
    function typed(text) { return text.replace(/<@2>/g, "@tomas"); }
    function edit(seq, text) { app.called("edit", seq, text); return trouble; }
    function remove(seq) { app.called("remove", seq); }
    function react(seq, emoji) { app.called("react", seq, emoji); }
    function pin(seq, on) { app.called("pin", seq, on); }
    function retry(localId) { app.called("retry", localId); }
    function discard(localId) { app.called("discard", localId); }
    function setTitle(text) { app.called("setTitle", text); settingsBusy = true; }
    function setTopic(text) { app.called("setTopic", text); settingsBusy = true; }
    function setVisibility(v) { app.called("setVisibility", v); visibility = v; }
    function setHistory(v) { app.called("setHistory", v); history = v; }
    function setMuted(on) { app.called("setMuted", on); muted = on; }
    function invite(id) { app.called("invite", id); }
    function kick(id) { app.called("kick", id); }
    function ban(id) { app.called("ban", id); }
    function muteMember(id, on) { app.called("muteMember", id, on); }
    function setRole(id, role) { app.called("setRole", id, role); }
    function leave() { app.called("leave"); }
    function createInviteLink(uses, expiresS) { app.called("createInviteLink", uses, expiresS); inviteLink = "starling://chat.example.org:8008/invite/K7Q2-M4XW-9TZD"; }
    function markRead() { app.called("markRead"); }
    function typingNow() { app.called("typingNow"); }
    function openThread(seq) { app.called("openThread", seq); threadRoot = seq; thread = theThread; }
    function closeThread() { thread = null; threadRoot = 0; }
    function jumpTo(seq) { app.called("jumpTo", seq); }
    function jumpToDate(ms) { app.called("jumpToDate", ms); }
}
