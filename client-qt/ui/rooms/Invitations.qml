import QtQuick
import Starling.Ui

// Above the rooms: who invites one to what.
Column {
    id: column
    required property var session
    spacing: Theme.sp(1)
    bottomPadding: rows.count > 0 ? Theme.sp(2) : 0

    Repeater {
        id: rows
        model: column.session.invitations
        Item {
            id: card
            required property string room
            required property string title
            required property string inviter
            width: column.width
            height: body.height + Theme.sp(1)
            Rectangle {
                id: body
                x: Theme.sp(2)
                width: parent.width - 2 * x
                height: words.height + Theme.sp(6)
                radius: Theme.radius
                color: Theme.raised
                border.width: Theme.hairline
                border.color: Theme.border
                Column {
                    id: words
                    x: Theme.sp(3)
                    y: Theme.sp(3)
                    width: parent.width - 2 * x
                    spacing: Theme.sp(1)
                    Label { width: parent.width; text: card.title; font.weight: Font.DemiBold; font.pixelSize: Theme.label }
                    Label {
                        width: parent.width
                        text: qsTr("%1 invites you").arg(card.inviter)
                        font.pixelSize: Theme.small
                        color: Theme.textMuted
                    }
                    Row {
                        topPadding: Theme.sp(1)
                        spacing: Theme.sp(2)
                        Button { small: true; kind: "primary"; text: qsTr("Join"); onClicked: column.session.acceptInvitation(card.room) }
                        Button { small: true; kind: "quiet"; text: qsTr("Decline"); onClicked: column.session.declineInvitation(card.room) }
                    }
                }
            }
        }
    }
}
