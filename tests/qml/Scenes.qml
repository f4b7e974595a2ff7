import QtQuick

// What is photographed: each scene brings the window into one state. `main` is Main.qml, `app` the fixture.
QtObject {
    readonly property var names: Object.keys(scenes)
    function set(name, main, app) { scenes[name](main, app); }
    function find(item, name) {
        if (item.objectName === name) return item;
        for (let i = 0; i < item.children.length; ++i) {
            const found = find(item.children[i], name);
            if (found) return found;
        }
        return null;
    }
    function welcome(main, app) { app.session = null; return main.page; }
    function account(main, tab) { main.page.openAccount(tab); }

    readonly property var scenes: ({
        "welcome": (main, app) => welcome(main, app),
        "welcome-failed": (main, app) => { welcome(main, app).find("chat.example.org"); app.serverFailed("There is no server at this address.", "chat.example.org:8008: connection refused"); },
        "welcome-certificate": (main, app) => { welcome(main, app).find("chat.example.org"); app.serverUntrusted("9f2c41aa07d5be6610c3f8e2ab94571d9f2c41aa07d5be6610c3f8e2ab94571d", "CN=chat.example.org, O=A small company", "The certificate is signed by itself"); },
        "welcome-signin": (main, app) => { welcome(main, app).find("chat.example.org"); app.serverFound({ name: "Murmuration", registration: "open", firstAccount: false }); app.signInFailed("bad_credentials", "The user name or the password is wrong.", 5000); },
        "welcome-register": (main, app) => { const w = welcome(main, app); w.find("starling://chat.example.org:8008/invite/K7Q2-M4XW-9TZD"); app.serverFound({ name: "Murmuration", registration: "invite", firstAccount: false }); find(main.page, "signIn").mode = "register"; },
        "welcome-first": (main, app) => { welcome(main, app).find("localhost:8008"); app.serverFound({ name: "", registration: "open", firstAccount: true }); },
        "welcome-code": (main, app) => { welcome(main, app).find("chat.example.org"); app.totpRequired(); },
        "rooms": (main, app) => { main.page.roomsShown = true; },
        "rooms-none": (main, app) => { app.session.rooms.rows = []; app.session.invitations.rows = []; app.session.room = null; },
        "chat": (main, app) => { main.page.openRoom("7"); app.session.room.typing = "Priya and Olek are typing"; },
        "chat-top": (main, app) => { main.page.openRoom("7"); const list = find(main.page, "timeline"); list.parent.atEnd = false; list.positionViewAtBeginning(); },
        "chat-menu": (main, app) => { main.page.openRoom("7"); const list = find(main.page, "timeline"); list.forceActiveFocus(); list.currentIndex = 10; list.parent.openMenu(list.currentItem, 200, 20); },
        "chat-hover": (main, app) => { main.page.openRoom("7"); const list = find(main.page, "timeline"); find(main.page, "actions").row = list.itemAtIndex(10); },
        "chat-scrolled": (main, app) => { main.page.openRoom("7"); const list = find(main.page, "timeline"); list.parent.atEnd = false; list.model.newBelow = 3; list.positionViewAtIndex(2, 0); },
        "chat-empty": (main, app) => { main.page.openRoom("7"); app.session.room.timeline.rows = []; },
        "chat-reply": (main, app) => { main.page.openRoom("7"); find(main.page, "composer").beginReply({ seq: 103, sender: "Aiko 渡辺愛子", text: "Nice. The nightly run found one flaky seed, 41263; everything else is green." }); },
        "chat-edit": (main, app) => { main.page.openRoom("7"); find(main.page, "composer").beginEdit({ seq: 111, sender: "Mira", text: "On it. Two things I want to check first:\n- the `cseq` of a refused row\n- what a reader sees between the two commits\n\nOne more line, so that the field grows." }); },
        "chat-mention": (main, app) => { main.page.openRoom("7"); const c = find(main.page, "composer"); c.input.forceActiveFocus(); c.input.text = "Thanks @"; c.input.cursorPosition = 8; c.completion.look(); },
        "chat-emoji": (main, app) => { main.page.openRoom("7"); find(main.page, "emojiButton").clicked(); },
        "chat-conflict": (main, app) => { main.page.openRoom("7"); app.session.room.draft = "The two thousand words that I wrote on the train"; app.session.room.draftConflict = "A different beginning that was typed on the telephone, which must not be lost either"; },
        "chat-offline": (main, app) => { const t = app.session.room.timeline; t.rows = t.rows.map(r => r.seq === 107 ? Object.assign({}, r, { edited: true, state: "changing" }) : r.seq === 111 ? Object.assign({}, r, { deleted: true, state: "changing" }) : r); main.page.openRoom("7"); const c = app.session.connection; c.state = "waiting"; c.reason = "The network is down."; c.retryInS = 12; },
        "thread": (main, app) => { main.page.openRoom("7"); main.page.openThread(104); },
        "members": (main, app) => { main.page.openRoom("7"); main.page.sideWanted = false; main.page.openSide("members"); },
        "pins": (main, app) => { main.page.openRoom("7"); main.page.openSide("pins"); },
        "room-settings": (main, app) => { main.page.openRoom("7"); main.page.openSide("settings"); },
        "room-settings-link": (main, app) => { main.page.openRoom("7"); main.page.openSide("settings"); app.session.room.createInviteLink(1, 1); },
        "search": (main, app) => { app.session.search.query = "seed"; main.page.openSearch(""); },
        "search-none": (main, app) => { app.session.search.rows = []; main.page.openSearch("7"); },
        "account-profile": (main, app) => account(main, "profile"),
        "account-security": (main, app) => account(main, "security"),
        "account-totp": (main, app) => { app.session.account.beginTotp("x"); account(main, "security"); },
        "account-codes": (main, app) => { app.session.account.confirmTotp("x"); account(main, "security"); },
        "account-devices": (main, app) => account(main, "devices"),
        "account-blocks": (main, app) => account(main, "blocks"),
        "account-notifications": (main, app) => account(main, "notifications"),
        "account-quiet": (main, app) => { app.session.notifications.quietFor(60); account(main, "notifications"); },
        "account-appearance": (main, app) => account(main, "appearance"),
        "dialog-switcher": (main, app) => main.page.openSwitcher(),
        "dialog-create": (main, app) => main.page.openDialog("create"),
        "dialog-direct": (main, app) => main.page.openDialog("direct"),
        "dialog-browse": (main, app) => main.page.openDialog("browse"),
        "dialog-link": (main, app) => main.page.openDialog("link"),
        "dialog-invite": (main, app) => main.page.openDialog("invite"),
        "dialog-details": (main, app) => main.page.openDialog("details", app.session.room.timeline.details(0)),
        "dialog-delete": (main, app) => main.page.openDialog("delete", { seq: 111, text: "On it. Two things I want to check first" }),
        "dialog-ban": (main, app) => main.page.openDialog("ban", app.session.room.members.get(4)),
        "menu-member": (main, app) => { main.page.openRoom("7"); main.page.side = "members"; main.page.sideWanted = true; const rows = find(main.page, "members"); rows.parent.openMenu(rows.itemAtIndex(5)); },
        "menu-room": (main, app) => { main.page.roomsShown = true; const list = find(main.page, "roomList"); list.parent.openMenu(list.itemAtIndex(5), 60, 20); },
        "menu-folder": (main, app) => { main.page.roomsShown = true; const list = find(main.page, "roomList"); list.parent.openMenu(list.itemAtIndex(4), 60, 20); },
        "dialog-folder": (main, app) => main.page.openDialog("folder", { roomId: "17", title: "Store", folder: "Work" }),
        "dialog-folder-rename": (main, app) => main.page.openDialog("renameFolder", { folder: "Work" }),
        "dialog-folder-remove": (main, app) => main.page.openDialog("removeFolder", { folder: "Birds and other animals that fly" }),
        "menu-create": (main, app) => find(main.page, "createButton").clicked(),
        "dialog-block": (main, app) => main.page.openDialog("block", app.session.room.members.get(4)),
        "welcome-add": (main, app) => { app.page = "welcome"; },
        "search-from": (main, app) => { main.page.openSearch(""); find(main.page, "fromButton").clicked(); },
        "menu-server": (main, app) => find(main.page, "serverMenuButton").open(),
        "toast": (main, app) => main.toast("The link is copied")
    })
}
