import QtQuick
import Starling.Ui

// Text as everything here shows it: plain (what people typed is never markup), elided on purpose, in one of the theme's sizes.
Text {
    property bool strong: false

    font.family: Theme.family
    font.pixelSize: Theme.body
    font.weight: strong ? Font.DemiBold : Font.Normal
    color: Theme.text
    textFormat: Text.PlainText
    elide: wrapMode === Text.NoWrap ? Text.ElideRight : Text.ElideNone
    horizontalAlignment: Text.AlignLeft
    renderType: Text.NativeRendering
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}
