.pragma library

// The people of the fixtures: short and very long names, and scripts that run the other way or have no spaces.
const people = [
    { userId: "1", name: "Mira Lindqvist", handle: "mira", color: "#0b6e6b", initials: "ML", role: "owner", presence: "online", statusText: "Deep work until noon", muted: false, lastSeenText: "" },
    { userId: "2", name: "Tomás Ferreira", handle: "tomas", color: "#b4462a", initials: "TF", role: "admin", presence: "online", statusText: "", muted: false, lastSeenText: "" },
    { userId: "3", name: "Aiko 渡辺愛子", handle: "aiko", color: "#5b4bb0", initials: "A渡", role: "moderator", presence: "away", statusText: "🍜 lunch", muted: false, lastSeenText: "5 minutes ago" },
    { userId: "4", name: "ليلى عبد الرحمن", handle: "layla", color: "#8e44a0", initials: "لع", role: "member", presence: "online", statusText: "في اجتماع حتى الثالثة", muted: false, lastSeenText: "" },
    { userId: "5", name: "Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander von und zu Hohenlohe", handle: "wolfeschlegelsteinhausenbergerd", color: "#9a6400", initials: "WM", role: "member", presence: "offline", statusText: "", muted: true, lastSeenText: "Seen yesterday at 18:40" },
    { userId: "6", name: "Jun", handle: "jun", color: "#2f6db5", initials: "J", role: "member", presence: "offline", statusText: "On holiday, back on Monday", muted: false, lastSeenText: "Seen 3 days ago" },
    { userId: "7", name: "Priya Raghunathan", handle: "priya", color: "#b03a6a", initials: "PR", role: "member", presence: "online", statusText: "", muted: false, lastSeenText: "" },
    { userId: "8", name: "Олександр Шевченко", handle: "olek", color: "#4f7a1f", initials: "ОШ", role: "member", presence: "away", statusText: "", muted: false, lastSeenText: "" }
];

function row(fields) {
    return Object.assign({ seq: 0, localId: "", kind: "message", senderId: "", senderName: "", senderColor: "", senderInitials: "", own: false,
        text: "", html: "", timeMs: 0, timeText: "", dayText: "", groupStart: false, state: "sent", stateText: "", edited: false, deleted: false,
        replyTo: 0, replyText: "", replySender: "", reactions: [], threadRoot: 0, threadCount: 0, threadLastMs: 0, pinned: false,
        mentionsMe: false, firstUnread: false, receiptText: "", highlighted: false, refusedId: "", refusedText: "" }, fields);
}

function say(seq, who, time, words, fields) {
    const p = people[who];
    return row(Object.assign({ seq, senderId: p.userId, senderName: p.name, senderColor: p.color, senderInitials: p.initials,
        own: who === 0, text: words, html: words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, "<br>"), timeText: time, groupStart: true }, fields ?? {}));
}

const base = 1789000000000;

function messages() {
    return [
        say(101, 1, "16:42", "Release branch is cut. I will keep the changelog honest this time.", { dayText: "Monday, 14 September", reactions: [{ emoji: "🎉", count: 4, mine: true, names: "You, Aiko, Priya and Jun" }, { emoji: "🚀", count: 2, mine: false, names: "Aiko and Jun" }] }),
        row({ seq: 102, kind: "system", text: "Mira changed the topic to “Everything around the 0.9 release”", timeText: "16:50" }),
        say(103, 2, "17:05", "Nice. The nightly run found one flaky seed, 41263; everything else is green.", { pinned: true }),
        say(104, 2, "17:06", "I pasted the trace:", { groupStart: false, html: "I pasted the trace, the interesting lines are:<pre>room 7  epoch 3 → 4   reset: diverged\nclient 12  cseq 88    resent after unknown outcome\nstore      cseq 88    duplicate, same prefix hash</pre>", threadCount: 3, threadLastMs: base }),
        say(105, 3, "09:12", "صباح الخير! راجعت مستند التصميم وأضفت تعليقاتي على القسم السادس.", { dayText: "Today" }),
        say(106, 4, "09:20", "A name like mine is a good test for any layout. Also a very long link: https://example.org/a/path/that/never/ends/and/has/no/spaces/because/somebody/thought/query-strings-are-for-the-weak?and=then&they=changed&their=mind", { edited: true }),
        say(107, 0, "09:24", "Agreed, I will look at it today.", { replyTo: 103, replyText: "Nice. The nightly run found one flaky seed, 41263; everything else is green.", replySender: "Aiko 渡辺愛子", receiptText: "" }),
        say(108, 6, "09:31", "@mira could you review the store change before lunch? It is small, I promise.", { html: "<span class=\"mention\">@mira</span> could you review the store change before lunch? It is <b>small</b>, I promise.", mentionsMe: true, firstUnread: true, reactions: [{ emoji: "👍", count: 1, mine: false, names: "Tomás" }] }),
        say(109, 6, "09:31", "", { groupStart: false, deleted: true }),
        say(110, 2, "09:33", "会議は三時からに変更になりました。資料は共有フォルダーに置いてあります。", { html: "会議は三時からに変更になりました。資料は<code>共有フォルダー</code>に置いてあります。" }),
        say(111, 0, "09:35", "On it. Two things I want to check first:", { html: "On it. Two things I want to check first:<ul><li>the <code>cseq</code> of a refused row</li><li>what a reader sees <i>between</i> the two commits</li></ul>", receiptText: "Read by 5" }),
        say(0, 0, "09:36", "Pushing my notes now…", { localId: "a1", groupStart: false, state: "pending", stateText: "Waiting for the connection" }),
        say(0, 0, "09:36", "This one did not make it.", { localId: "a2", groupStart: false, state: "failed", stateText: "Not sent: you may not write here" })
    ];
}

function thread() {
    return [
        say(104, 2, "17:06", "I pasted the trace, the interesting lines are in the second block.", { dayText: "" }),
        say(120, 1, "17:12", "So the client did the right thing and the checker was too strict?", { threadRoot: 104, refusedId: "r1", refusedText: "Reaction not added: a moderator has muted you here." }),
        say(121, 2, "17:15", "Yes. I have a fix, it only needs a test that fails without it.", { threadRoot: 104, reactions: [{ emoji: "💯", count: 2, mine: false, names: "Tomás and Mira" }] }),
        say(122, 0, "17:20", "Good. Please add the seed to the regressions too.", { threadRoot: 104, receiptText: "Delivered" })
    ];
}

function roomRow(fields) {
    return Object.assign({ roomId: "", title: "", kind: "group", peer: null, unread: 0, mentions: 0, muted: false, preview: "", previewSender: "",
        timeMs: 0, draft: false, active: false, folder: "", collapsed: false, section: "Rooms", presence: "" }, fields);
}

function folderRow(fields) {
    return roomRow(Object.assign({ kind: "folder", folder: fields.title, section: "" }, fields));
}

function rooms() {
    const now = Date.now();
    return [
        roomRow({ roomId: "7", title: "Release 0.9", unread: 5, mentions: 1, preview: "This one did not make it.", previewSender: "You", timeMs: now - 60000, active: true, section: "Unread" }),
        roomRow({ roomId: "8", title: "Engineering", unread: 128, preview: "who owns the flaky bench?", previewSender: "Priya", timeMs: now - 600000, section: "Unread" }),
        roomRow({ roomId: "9", title: "渡辺愛子", kind: "direct", peer: people[2], unread: 1, preview: "了解です！", timeMs: now - 900000, section: "Unread", presence: "away" }),
        folderRow({ title: "Birds and other animals that fly", unread: 3, mentions: 1, collapsed: true }),
        folderRow({ title: "Work", unread: 12 }),
        roomRow({ roomId: "17", title: "Store", folder: "Work", unread: 12, preview: "one writer is enough", previewSender: "Jun", timeMs: now - 5400000, section: "" }),
        roomRow({ roomId: "10", title: "Tomás Ferreira", kind: "direct", peer: people[1], preview: "I was thinking we could", draft: true, timeMs: now - 3600000, section: "Direct", presence: "online" }),
        roomRow({ roomId: "11", title: "ليلى عبد الرحمن", kind: "direct", peer: people[3], preview: "شكرا جزيلا", timeMs: now - 86400000, section: "Direct", presence: "online" }),
        roomRow({ roomId: "12", title: people[4].name, kind: "direct", peer: people[4], preview: "An answer that is much longer than the row can ever show, even on a wide screen", timeMs: now - 2 * 86400000, section: "Direct", presence: "offline" }),
        roomRow({ roomId: "13", title: "Announcements", muted: true, unread: 3, preview: "The office is closed on Friday", previewSender: "Mira", timeMs: now - 86400000, section: "Rooms" }),
        roomRow({ roomId: "14", title: "Design", preview: "colour tokens are in", previewSender: "Aiko", timeMs: now - 3 * 86400000, section: "Rooms" }),
        roomRow({ roomId: "15", title: "A room whose title was written by somebody who does not believe in short titles", preview: "ok", previewSender: "Jun", timeMs: now - 9 * 86400000, section: "Rooms" }),
        roomRow({ roomId: "16", title: "Random 🎲", preview: "🍕?", previewSender: "Олександр Шевченко", timeMs: now - 30 * 86400000, section: "Rooms" })
    ];
}
