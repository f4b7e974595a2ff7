import QtQuick
import Starling.Ui

// Every dialog of the chat, made when it is wanted.
Item {
    id: dialogs
    required property var session
    property string name
    property var argument
    readonly property alias current: loader.item
    signal roomWanted(string roomId)
    signal directWanted(string userId)
    signal notice(string text, string kind)

    function open(which, with_) {
        argument = with_ ?? null;
        if (name === which && loader.item) {
            loader.item.open();
            return;
        }
        name = which;
        loader.sourceComponent = parts[which];
        loader.item.open();
    }
    readonly property var parts: ({
        switcher: switcher, direct: direct, create: create, browse: browse, link: link, invite: invite, details: details,
        "delete": remove, kick: kick, ban: ban, block: block, leave: leave,
        folder: folder, renameFolder: renameFolder, removeFolder: removeFolder
    })
    Loader { id: loader }
    Component {
        id: switcher
        QuickSwitcher {
            quick: dialogs.session.quick
            onRoomWanted: roomId => dialogs.roomWanted(roomId)
            onDirectWanted: userId => dialogs.directWanted(userId)
        }
    }
    Component { id: direct; NewDirect { session: dialogs.session; onDirectWanted: userId => dialogs.directWanted(userId) } }
    Component { id: create; CreateRoom { session: dialogs.session } }
    Component { id: browse; BrowseRooms { session: dialogs.session; onRoomWanted: roomId => dialogs.roomWanted(roomId) } }
    Component { id: link; JoinByLink { session: dialogs.session } }
    Component { id: invite; InvitePeople { session: dialogs.session } }
    Component { id: folder; MoveToFolder { session: dialogs.session; room: dialogs.argument } }
    Component { id: renameFolder; RenameFolder { session: dialogs.session; folder: dialogs.argument?.folder ?? "" } }
    Component {
        id: removeFolder
        ConfirmDialog {
            title: qsTr("Remove the folder “%1”?").arg(dialogs.argument?.folder ?? "")
            text: qsTr("Its rooms stay, and stand among the others again.")
            action: qsTr("Remove")
            onConfirmed: dialogs.session.folders.remove(dialogs.argument.folder)
        }
    }
    Component { id: details; DetailsDialog { details: dialogs.argument } }
    Component {
        id: remove
        ConfirmDialog {
            title: qsTr("Delete this message?")
            text: qsTr("Everybody in the room sees that there was one. “%1”").arg((dialogs.argument?.text ?? "").slice(0, 120))
            action: qsTr("Delete")
            onConfirmed: dialogs.session.room.remove(dialogs.argument.seq)
        }
    }
    Component {
        id: kick
        ConfirmDialog {
            title: qsTr("Remove %1?").arg(dialogs.argument?.name ?? "")
            text: qsTr("They leave the room now, and can come back when they are invited again.")
            action: qsTr("Remove")
            onConfirmed: dialogs.session.room.kick(dialogs.argument.userId)
        }
    }
    Component {
        id: ban
        ConfirmDialog {
            title: qsTr("Ban %1?").arg(dialogs.argument?.name ?? "")
            text: qsTr("They leave the room and cannot come back, not even by a link, until a moderator lifts the ban.")
            action: qsTr("Ban")
            onConfirmed: dialogs.session.room.ban(dialogs.argument.userId)
        }
    }
    Component {
        id: block
        ConfirmDialog {
            title: qsTr("Block %1?").arg(dialogs.argument?.name ?? "")
            text: qsTr("They cannot write to you directly nor invite you. In common rooms you still see each other. They are not told.")
            action: qsTr("Block")
            onConfirmed: dialogs.session.account.block(dialogs.argument.userId)
        }
    }
    Component {
        id: leave
        ConfirmDialog {
            title: qsTr("Leave %1?").arg(dialogs.session.room?.title ?? "")
            text: dialogs.session.room?.visibility === "public" ? qsTr("You can come back at any time: the room is public.") : qsTr("You can only come back when somebody invites you.")
            action: qsTr("Leave")
            onConfirmed: dialogs.session.room.leave()
        }
    }
}
