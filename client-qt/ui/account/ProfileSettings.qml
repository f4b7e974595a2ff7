import QtQuick
import QtQuick.Templates as T
import Starling.Ui

Column {
    id: page
    required property var account
    required property var me
    property string chosen: account.avatarColor
    spacing: Theme.sp(6)

    Row {
        width: parent.width
        spacing: Theme.sp(4)
        Avatar {
            id: face
            size: Theme.avatarLarge
            initials: name.text.trim() === page.account.displayName ? page.me.initials : ""
            name: name.text
            tint: page.chosen
        }
        Column {
            width: parent.width - face.width - parent.spacing
            anchors.verticalCenter: parent.verticalCenter
            Label { width: parent.width; text: name.text; font.pixelSize: Theme.heading; font.weight: Font.DemiBold }
            Label { width: parent.width; text: "@" + page.me.handle; color: Theme.textMuted }
        }
    }
    Column {
        width: parent.width
        spacing: Theme.sp(4)
        TextField { id: name; objectName: "profileName"; width: parent.width; label: qsTr("Name"); text: page.account.displayName; maximumLength: 64 }
        TextField { id: status; width: parent.width; label: qsTr("Status"); placeholder: qsTr("What you are at"); text: page.account.statusText; maximumLength: 100 }
        Column {
            width: parent.width
            spacing: Theme.sp(2)
            Label { text: qsTr("Colour"); font.pixelSize: Theme.label; font.weight: Font.Medium; color: Theme.textMuted }
            Flow {
                width: parent.width
                spacing: Theme.sp(2.5)
                Repeater {
                    model: Theme.palette
                    T.AbstractButton {
                        id: swatch
                        required property string modelData
                        required property int index
                        readonly property bool on: Qt.colorEqual(modelData, page.chosen || "transparent")
                        implicitWidth: Theme.sp(8)
                        implicitHeight: Theme.sp(8)
                        focusPolicy: Qt.StrongFocus
                        Accessible.role: Accessible.RadioButton
                        Accessible.name: qsTr("Colour %1").arg(index + 1)
                        Accessible.checked: on
                        Keys.onReturnPressed: clicked()
                        onClicked: page.chosen = modelData
                        HoverHandler { cursorShape: Qt.PointingHandCursor }
                        background: Rectangle {
                            radius: width / 2
                            color: swatch.modelData
                            FocusRing { shown: swatch.visualFocus || swatch.on; radius: width / 2; gap: 3 }
                        }
                        contentItem: Item { Icon { anchors.centerIn: parent; visible: swatch.on; name: "check"; color: Theme.over(swatch.modelData) } }
                    }
                }
            }
        }
    }
    Button {
        kind: "primary"
        text: qsTr("Save")
        enabled: name.text.trim() !== "" && (name.text !== page.account.displayName || status.text !== page.account.statusText || page.chosen !== page.account.avatarColor)
        onClicked: page.account.save(name.text.trim(), page.chosen, status.text.trim())
    }
}
