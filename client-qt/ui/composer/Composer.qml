import QtQuick
import QtQuick.Templates as T
import Starling.Ui

// Where one writes: Enter sends, Shift+Enter breaks the line, Up in an empty field edits one's last message, Esc leaves an
// answer or an edit, '@' completes a name. The text is the room's draft, which other devices share.
FocusScope {
    id: composer
    property var room
    property bool narrow: false
    property double threadRoot: 0
    property string mode: ""          // "", "reply", "edit"
    property var target: null
    property var mentioned: ({})      // "@handle" -> user id, of the names that were completed
    property string beforeEdit
    property string trouble           // why the text could not even be queued
    readonly property bool callsInVain: !(room?.mayCallRoom ?? true) && /(^|[^\w@])@room(?![\w.-]*\w)/.test(input.text)
    readonly property alias input: input
    readonly property alias completion: completion
    signal lastWanted()
    signal sent()

    height: box.height
    readonly property bool empty: input.text.trim() === ""

    function beginReply(message) {
        if (mode === "edit") cancel();
        target = message;
        mode = "reply";
        input.forceActiveFocus();
    }
    function beginEdit(message) {
        if (mode !== "edit") beforeEdit = input.text;
        target = message;
        mode = "edit";
        // Mentions as people type them, where the model knows the names.
        input.text = room?.typed?.(message.text) ?? message.text;
        input.cursorPosition = input.length;
        input.forceActiveFocus();
    }
    function cancel() {
        const wasEdit = mode === "edit";
        mode = "";
        target = null;
        if (wasEdit) {
            input.text = beforeEdit;
            input.cursorPosition = input.length;
        }
    }
    function insert(words) {
        input.insert(input.cursorPosition, words);
        input.forceActiveFocus();
    }
    // Completed or not: a handle that somebody has is a mention; in an address it is none.
    function wire(words) {
        return words.replace(/(^|[^\w@])@([a-z0-9_.-]*[a-z0-9_])/gi, (all, before, handle) => {
            const user = handle === "room" ? (room.mayCallRoom ? handle : "") : mentioned[handle] ?? room.userOf(handle);
            return user ? before + "<@" + user + ">" : all;
        });
    }
    function submit() {
        const words = wire(input.text.trim());
        if (words === "" || !room) return;
        trouble = "";
        if (mode === "edit") {
            if (words !== target.text) trouble = room.edit(target.seq, words);
            if (trouble === "") cancel();
            return;
        }
        trouble = room.send(words, mode === "reply" ? target.seq : 0, threadRoot);
        if (trouble !== "") return;
        mode = "";
        target = null;
        mentioned = {};
        input.clear();
        sent();
    }
    function takeDraft() {
        if (threadRoot === 0 && mode !== "edit" && room && input.text !== room.draft) {
            input.text = room.draft ?? "";
            input.cursorPosition = input.length;
        }
    }
    property var written: null
    onRoomChanged: {
        if (room === written) return;
        written = room;
        mode = "";
        target = null;
        takeDraft();
    }
    Component.onCompleted: takeDraft()
    Connections {
        target: composer.room
        ignoreUnknownSignals: true
        function onDraftChanged() { composer.takeDraft(); }
    }

    Rectangle {
        id: box
        width: parent.width
        height: top_.height + Math.max(Theme.sp(11), area.height + Theme.sp(5))
        radius: Theme.radiusLarge
        color: Theme.field
        border.width: Theme.hairline
        border.color: input.activeFocus ? Theme.accent : Theme.borderStrong

        Column {
            id: top_
            width: parent.width
            DraftConflict {
                width: parent.width
                visible: (composer.room?.draftConflict ?? "") !== "" && composer.threadRoot === 0
                mine: input.text
                other: composer.room?.draftConflict ?? ""
                onKept: composer.room.draftConflict = ""
                onTaken: {
                    const other = composer.room.draftConflict;
                    composer.room.draftConflict = "";
                    composer.room.draft = other;
                }
                onJoined: {
                    const both = input.text + "\n\n" + composer.room.draftConflict;
                    composer.room.draftConflict = "";
                    composer.room.draft = both;
                }
            }
            ComposerBanner {
                width: parent.width
                visible: composer.mode !== ""
                mode: composer.mode
                target: composer.target
                onCancelled: composer.cancel()
            }
            Label {
                visible: text !== ""
                x: Theme.sp(3.5)
                width: parent.width - 2 * x
                topPadding: Theme.sp(2)
                wrapMode: Text.Wrap
                text: composer.trouble || (composer.callsInVain ? qsTr("Only moderators can call everybody: here @room is a word like others.") : "")
                font.pixelSize: Theme.small
                color: composer.trouble ? Theme.danger : Theme.textMuted
            }
        }
        Flickable {
            id: area
            x: Theme.sp(3.5)
            y: top_.height + Theme.sp(2.5)
            width: buttons.x - x - Theme.sp(1)
            height: Math.min(input.contentHeight, Theme.sp(45))
            contentHeight: input.contentHeight
            contentWidth: width
            clip: true
            interactive: contentHeight > height
            boundsBehavior: Flickable.StopAtBounds
            T.ScrollBar.vertical: ScrollBar {}
            function follow() {
                const r = input.cursorRectangle;
                if (r.y < contentY) contentY = r.y;
                else if (r.y + r.height > contentY + height) contentY = r.y + r.height - height;
            }
            TextEdit {
                id: input
                objectName: composer.threadRoot > 0 ? "threadInput" : "composerInput"
                width: area.width
                focus: true
                activeFocusOnTab: true
                wrapMode: TextEdit.Wrap
                textFormat: TextEdit.PlainText
                font.family: Theme.family
                font.pixelSize: Theme.body
                color: Theme.text
                selectionColor: Theme.accent
                selectedTextColor: Theme.accentInk
                selectByMouse: true
                renderType: Text.NativeRendering
                onCursorRectangleChanged: area.follow()
                onTextChanged: {
                    composer.trouble = "";
                    if (!activeFocus) return;
                    if (composer.mode !== "edit" && composer.threadRoot === 0 && composer.room && composer.room.draft !== text) composer.room.draft = text;
                    if (text !== "") composer.room?.typingNow();
                    completion.look();
                }
                onCursorPositionChanged: if (completion.visible) completion.look()
                Accessible.role: Accessible.EditableText
                Accessible.name: hint.text
                Accessible.multiLine: true
                Keys.onPressed: event => composer.pressed(event)
            }
        }
        Label {
            id: hint
            visible: input.length === 0 && input.preeditText === ""
            x: area.x
            y: area.y
            width: area.width
            text: composer.threadRoot > 0 ? qsTr("Reply in the thread") : composer.narrow ? qsTr("Message") : qsTr("Message %1").arg(composer.room?.title ?? "")
            color: Theme.textFaint
            Accessible.ignored: true
        }
        Row {
            id: buttons
            anchors.right: parent.right
            anchors.rightMargin: Theme.sp(1.5)
            y: parent.height - height - Theme.sp(1.5)
            spacing: Theme.sp(0.5)
            IconButton {
                iconName: "at"
                text: qsTr("Mention somebody")
                visible: !composer.narrow && composer.threadRoot === 0
                onClicked: composer.insert(input.cursorPosition > 0 && !/\s$/.test(input.getText(0, input.cursorPosition)) ? " @" : "@")
            }
            IconButton {
                id: smile
                objectName: "emojiButton"
                iconName: "smile"
                text: qsTr("Emoji")
                onClicked: picker.open()
                EmojiPicker {
                    id: picker
                    x: smile.width - implicitWidth
                    y: -implicitHeight - Theme.sp(2)
                    onChosen: emoji => composer.insert(emoji)
                }
            }
            IconButton {
                id: sendButton
                iconName: composer.mode === "edit" ? "check" : "send"
                text: composer.mode === "edit" ? qsTr("Save the change") : qsTr("Send")
                shortcut: "Enter"
                enabled: !composer.empty
                iconColor: enabled ? Theme.accentInk : Theme.textFaint
                onClicked: composer.submit()
                background: Rectangle {
                    radius: Theme.radius
                    color: !sendButton.enabled ? "transparent" : sendButton.hovered ? Theme.accentHover : Theme.accent
                    FocusRing { shown: sendButton.visualFocus }
                }
                contentItem: Item {
                    Icon { anchors.centerIn: parent; name: sendButton.iconName; color: sendButton.iconColor }
                }
            }
        }
    }
    MentionPopup {
        id: completion
        composer: composer
        members: composer.room?.members ?? null
        y: -implicitHeight - Theme.sp(2)
        width: Math.min(Theme.sp(84), composer.width)
    }

    function pressed(event) {
        if (completion.visible && completion.take(event)) {
            event.accepted = true;
            return;
        }
        switch (event.key) {
        case Qt.Key_Return:
        case Qt.Key_Enter:
            if (event.modifiers & (Qt.ShiftModifier | Qt.AltModifier)) return;
            submit();
            break;
        case Qt.Key_Escape:
            if (mode === "") return;
            cancel();
            break;
        case Qt.Key_Up:
            if (input.length > 0 || mode !== "") return;
            lastWanted();
            break;
        default:
            return;
        }
        event.accepted = true;
    }
}
