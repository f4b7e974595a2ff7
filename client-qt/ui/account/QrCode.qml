import QtQuick
import Starling.Ui
import "qr.js" as Qr

// A text as a QR code: dark on white in both themes, as scanners want it, with the quiet zone of four modules.
Rectangle {
    id: code
    property string text
    property int module: Math.max(3, Theme.sp(1))
    readonly property var matrix: text ? Qr.encode(text) : null
    readonly property bool ok: matrix !== null
    readonly property int modules: (matrix?.length ?? 0) + 8

    width: modules * module
    height: width
    radius: Theme.radius
    color: Theme.ink
    border.width: Theme.hairline
    border.color: Theme.border
    Accessible.role: Accessible.Graphic
    Accessible.name: qsTr("QR code of the secret")
    PathArt {
        anchors.fill: parent
        box: code.modules
        stroke: 0
        antialiasing: false
        color: Theme.inkDark
        path: {
            let d = "";
            const m = code.matrix ?? [];
            for (let r = 0; r < m.length; ++r)
                for (let c = 0; c < m.length; ++c) {
                    if (!m[r][c]) continue;
                    let n = 1;
                    while (c + n < m.length && m[r][c + n]) ++n;
                    d += "M" + (c + 4) + " " + (r + 4) + "h" + n + "v1h-" + n + "z";
                    c += n;
                }
            return d;
        }
    }
}
