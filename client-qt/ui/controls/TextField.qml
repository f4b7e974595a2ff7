import QtQuick
import Starling.Ui

// One line of text with its label above, an icon in front, and what is wrong below.
FocusScope {
    id: box
    property alias text: input.text
    property alias input: input
    property string label
    property string placeholder
    property string iconName
    property string error
    property string help
    property bool secret: false
    property bool shown: false
    property alias maximumLength: input.maximumLength
    property alias inputMethodHints: input.inputMethodHints
    property alias validator: input.validator
    property bool mono: false
    signal accepted()
    signal edited()

    implicitWidth: Theme.sp(60)
    implicitHeight: column.implicitHeight
    // Of a password field Qt 6.4 tells a screen reader nothing, not even its name; so the box around it is what gets the
    // keyboard for a reader, and the field is none. The password itself is in neither.
    Component.onCompleted: {
        const teller = secret ? box : input;
        teller.Accessible.role = secret ? Accessible.Grouping : Accessible.EditableText;
        teller.Accessible.name = Qt.binding(() => label || placeholder);
        teller.Accessible.description = Qt.binding(() => error || help);
    }
    function selectAll() { input.selectAll(); }
    function clear() { input.clear(); }

    Column {
        id: column
        width: parent.width
        spacing: Theme.sp(1.5)
        Label {
            visible: text !== ""
            text: box.label
            width: parent.width
            font.pixelSize: Theme.label
            font.weight: Font.Medium
            color: Theme.textMuted
        }
        Rectangle {
            width: parent.width
            height: Theme.controlHeight
            radius: Theme.radius
            color: Theme.field
            opacity: box.enabled ? 1 : 0.5
            border.width: input.activeFocus ? Theme.ring : Theme.hairline
            border.color: box.error ? Theme.danger : input.activeFocus ? Theme.accent : Theme.borderStrong
            Icon {
                id: icon
                visible: box.iconName !== ""
                name: box.iconName
                size: Theme.icon
                x: Theme.sp(2.5)
                anchors.verticalCenter: parent.verticalCenter
            }
            TextInput {
                id: input
                focus: true
                activeFocusOnTab: true
                anchors.fill: parent
                leftPadding: icon.visible ? icon.x + icon.width + Theme.sp(2) : Theme.sp(3)
                rightPadding: eye.visible ? eye.width + Theme.sp(2) : Theme.sp(3)
                verticalAlignment: TextInput.AlignVCenter
                font.family: box.mono ? Theme.monoFamily : Theme.family
                font.pixelSize: Theme.body
                color: Theme.text
                selectionColor: Theme.accent
                selectedTextColor: Theme.accentInk
                selectByMouse: true
                clip: true
                echoMode: box.secret && !box.shown ? TextInput.Password : TextInput.Normal
                renderType: Text.NativeRendering
                onAccepted: box.accepted()
                onTextEdited: box.edited()
                onTextChanged: if (!activeFocus) cursorPosition = 0
                HoverHandler { cursorShape: Qt.IBeamCursor }
                Label {
                    visible: input.length === 0 && input.preeditText === ""
                    text: box.placeholder
                    x: input.leftPadding
                    width: input.width - input.leftPadding - input.rightPadding
                    anchors.verticalCenter: parent.verticalCenter
                    color: Theme.textFaint
                    Accessible.ignored: true
                }
            }
            IconButton {
                id: eye
                visible: box.secret
                anchors.right: parent.right
                anchors.rightMargin: Theme.sp(0.5)
                anchors.verticalCenter: parent.verticalCenter
                iconName: box.shown ? "eye-off" : "eye"
                text: box.shown ? qsTr("Hide the password") : qsTr("Show the password")
                onClicked: box.shown = !box.shown
            }
        }
        Label {
            visible: text !== ""
            text: box.error || box.help
            width: parent.width
            wrapMode: Text.Wrap
            font.pixelSize: Theme.small
            color: box.error ? Theme.danger : Theme.textFaint
        }
    }
}
