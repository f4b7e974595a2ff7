pragma Singleton
import QtQuick

// The one place with literal colours, sizes and durations. docs/CLIENT.md explains them; tests/tree/theme_test.py computes the
// contrast ratios from the lines below and fails when another file has literals of its own.
QtObject {
    id: theme

    // What the application sets.
    property string appearance: "system"
    property real scale: 1.0
    property bool reducedMotion: false

    property SystemPalette systemPalette: SystemPalette {}
    readonly property bool dark: appearance === "dark"
        || (appearance !== "light" && systemPalette.window.hslLightness < 0.5)

    // Spacing: a grid of 4.
    function sp(units) { return Math.round(units * 4 * scale); }
    readonly property int hairline: 1
    readonly property int ring: 2

    // Radii.
    readonly property int radiusSmall: Math.round(4 * scale)
    readonly property int radius: Math.round(8 * scale)
    readonly property int radiusLarge: Math.round(12 * scale)
    readonly property int radiusPill: 999

    // Type.
    readonly property string family: pick(["Inter", "Noto Sans", "DejaVu Sans"])
    readonly property string monoFamily: pick(["Noto Sans Mono", "DejaVu Sans Mono"])
    readonly property string emojiFamily: pick(["Noto Color Emoji"])
    readonly property int caption: Math.round(11 * scale)
    readonly property int small: Math.round(12 * scale)
    readonly property int label: Math.round(13 * scale)
    readonly property int body: Math.round(14 * scale)
    readonly property int title: Math.round(16 * scale)
    readonly property int heading: Math.round(20 * scale)
    readonly property int display: Math.round(28 * scale)
    readonly property int emoji: Math.round(20 * scale)
    readonly property int emojiSmall: Math.round(14 * scale)
    readonly property real leading: 1.35
    readonly property real tracking: 0.4

    // Sizes that several parts share.
    readonly property int icon: Math.round(18 * scale)
    readonly property int iconSmall: Math.round(14 * scale)
    readonly property int controlHeight: Math.round(36 * scale)
    readonly property int controlSmall: Math.round(28 * scale)
    readonly property int barHeight: Math.round(56 * scale)
    readonly property int avatar: Math.round(36 * scale)
    readonly property int avatarSmall: Math.round(24 * scale)
    readonly property int avatarLarge: Math.round(72 * scale)

    // Widths at which columns join, in unscaled pixels: a larger scale has less room.
    readonly property int threeColumns: 900
    readonly property int twoColumns: 640

    // Motion.
    readonly property int fast: reducedMotion ? 0 : 120
    readonly property int normal: reducedMotion ? 0 : 160
    readonly property int slow: reducedMotion ? 0 : 200
    readonly property int pulse: 400
    readonly property int tipDelay: 600
    readonly property int toastTime: 5000

    // Colours: [light, dark].
    readonly property color window: dark ? "#141a19" : "#ffffff"
    readonly property color sidebar: dark ? "#0f1413" : "#f3f6f5"
    readonly property color raised: dark ? "#1c2423" : "#ffffff"
    readonly property color field: dark ? "#1a2120" : "#ffffff"
    readonly property color sunken: dark ? "#202927" : "#edf1f0"
    readonly property color border: dark ? "#28322f" : "#dfe5e3"
    readonly property color borderStrong: dark ? "#66756f" : "#808d8a"
    readonly property color text: dark ? "#e7eeec" : "#14201e"
    readonly property color textMuted: dark ? "#aab7b3" : "#4a5855"
    readonly property color textFaint: dark ? "#8d9b97" : "#5d6b68"
    readonly property color accent: dark ? "#4dbdb4" : "#0b6e6b"
    readonly property color accentHover: dark ? "#66cbc3" : "#095d5a"
    readonly property color accentInk: dark ? "#04201e" : "#ffffff"
    readonly property color accentText: dark ? "#62cec5" : "#0b6966"
    readonly property color accentSoft: dark ? "#15332f" : "#dcefec"
    readonly property color mention: dark ? "#f2b04e" : "#a94f08"
    readonly property color mentionInk: dark ? "#2a1800" : "#ffffff"
    readonly property color mentionSoft: dark ? "#2e2613" : "#fff5e3"
    readonly property color danger: dark ? "#ff9186" : "#b42318"
    readonly property color dangerInk: dark ? "#330904" : "#ffffff"
    readonly property color dangerSoft: dark ? "#3a1b18" : "#fdecea"
    readonly property color success: dark ? "#5ccb90" : "#17724a"
    readonly property color warningSoft: dark ? "#33290f" : "#fff5d9"
    readonly property color warningText: dark ? "#efc877" : "#744a00"
    readonly property color online: dark ? "#3fbf7f" : "#16945a"
    readonly property color away: dark ? "#e0aa3e" : "#b97800"
    readonly property color offline: dark ? "#6d7b77" : "#808d8a"
    readonly property color hover: dark ? "#0dffffff" : "#0a0b2b28"
    readonly property color pressed: dark ? "#17ffffff" : "#140b2b28"
    readonly property color scrim: dark ? "#99000000" : "#66101a18"
    readonly property color shadow: dark ? "#12000000" : "#03101a18"
    readonly property color markBackground: dark ? "#6b4d10" : "#ffe3a6"
    readonly property color ink: "#ffffff"
    readonly property color inkDark: "#14201e"

    // The bird: petrol and green feathers, pale spots, a yellow beak.
    readonly property color birdBody: dark ? "#1d6f6b" : "#0b5553"
    readonly property color birdWing: dark ? "#2f9187" : "#177a73"
    readonly property color birdSheen: dark ? "#7a6bd0" : "#5b4bb0"
    readonly property color birdSpot: dark ? "#d5efe9" : "#d9f2ec"
    readonly property color birdBeak: dark ? "#f2b04e" : "#eba32f"

    // What a person may choose, and what a room without a colour gets by its name.
    readonly property var palette: ["#0b6e6b", "#2f6db5", "#5b4bb0", "#8e44a0", "#b03a6a", "#b4462a", "#9a6400", "#4f7a1f"]

    function pick(wanted) {
        const there = Qt.fontFamilies();
        for (const family of wanted)
            if (there.indexOf(family) >= 0)
                return family;
        return Qt.application.font.family;
    }

    function tint(name) {
        let hash = 7;
        for (let i = 0; i < name.length; ++i)
            hash = (hash * 31 + name.charCodeAt(i)) % 65521;
        return palette[hash % palette.length];
    }

    function luminance(c) {
        const f = v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
        return 0.2126 * f(c.r) + 0.7152 * f(c.g) + 0.0722 * f(c.b);
    }

    // Text over a colour that a person chose.
    function over(fill) {
        const c = Qt.darker(fill, 1.0);
        return luminance(c) > 0.2 ? inkDark : ink;
    }

    // A chosen colour as text on the window: the hue stays, the lightness is one that can be read.
    function legible(chosen) {
        const c = Qt.darker(chosen, 1.0);
        return Qt.hsla(Math.max(0, c.hslHue), Math.min(0.6, c.hslSaturation), dark ? 0.76 : 0.28, 1);
    }

    function alpha(c, opacity) { return Qt.rgba(c.r, c.g, c.b, opacity); }

    // The style sheet in front of a message's rich text.
    readonly property string messageStyle: "<style>"
        + "p,div{margin-top:0;margin-bottom:0;line-height:126%} li{line-height:126%} ul,ol{margin-top:2px;margin-bottom:2px;margin-left:-18px} a{color:" + accentText + ";text-decoration:none}"
        + "code{font-family:'" + monoFamily + "';font-size:" + label + "px;background-color:" + sunken + "}"
        + "pre{font-family:'" + monoFamily + "';font-size:" + label + "px;background-color:" + sunken + ";margin-top:6px;margin-bottom:6px;white-space:pre-wrap;line-height:100%}"
        + "blockquote{color:" + textMuted + ";margin-left:12px} mark{background-color:" + markBackground + ";color:" + text + "}"
        + ".mention{color:" + accentText + ";background-color:" + accentSoft + "}"
        + "</style>"

    // The model's html, in paragraphs, with a remark (edited) at the end of the last one.
    function rich(html, mark) {
        const note = mark ? " <span style='color:" + textFaint + ";font-size:" + caption + "px'>(" + mark + ")</span>" : "";
        if (/^\s*<(p|pre|ul|ol|blockquote|h\d|table)/.test(html))
            return messageStyle + (/<\/p>\s*$/.test(html) ? html.replace(/<\/p>\s*$/, note + "</p>") : html + note);
        return messageStyle + (/<(pre|ul|ol|blockquote|table)/.test(html) ? "<div>" + html + note + "</div>" : "<p>" + html + note + "</p>");
    }
}
