import QtQuick
import Starling.Ui

// A message's words: rich text that can be selected. The html is made by the model, which escapes what people typed.
TextEdit {
    id: edit
    property string html
    property string plain
    property string mark

    text: Theme.rich(html, mark)
    textFormat: TextEdit.RichText
    wrapMode: TextEdit.Wrap
    readOnly: true
    selectByMouse: true
    activeFocusOnPress: true
    font.family: Theme.family
    font.pixelSize: Theme.body
    color: Theme.text
    selectionColor: Theme.accent
    selectedTextColor: Theme.accentInk
    renderType: Text.NativeRendering
    onLinkActivated: link => Qt.openUrlExternally(link)
    onActiveFocusChanged: if (!activeFocus) deselect()
    Accessible.role: Accessible.StaticText
    Accessible.name: plain
    HoverHandler { cursorShape: edit.hoveredLink ? Qt.PointingHandCursor : Qt.IBeamCursor }
}
