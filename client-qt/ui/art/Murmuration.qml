import QtQuick
import Starling.Ui

// A flock behind the welcome page: small birds along a curve, always the same ones.
PathArt {
    id: flock
    color: Theme.accentText
    opacity: Theme.dark ? 0.28 : 0.22
    box: 1000
    stroke: 0
    Accessible.ignored: true
    path: {
        let seed = 11, d = "";
        const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
        for (let i = 0; i < 420; ++i) {
            const t = next() * 6.28, spread = Math.pow(next(), 2.2) * 190 + 4, turn = next() * 6.28;
            const x = 500 + 380 * Math.sin(t) + spread * Math.cos(turn), y = 480 + 250 * Math.sin(2 * t + 0.6) + spread * 0.7 * Math.sin(turn);
            const s = 2 + Math.pow(next(), 2) * 6, tilt = 0.5 * Math.cos(t) + 0.3 * (next() - 0.5);
            const at = (px, py) => (x + s * (px * Math.cos(tilt) - py * Math.sin(tilt))).toFixed(1) + " " + (y + s * (px * Math.sin(tilt) + py * Math.cos(tilt))).toFixed(1);
            d += "M" + at(-2, -0.9) + "Q" + at(-0.8, -1) + " " + at(0, 0) + "Q" + at(0.8, -1) + " " + at(2, -0.9)
                + "Q" + at(0.9, -0.6) + " " + at(0, 0.7) + "Q" + at(-0.9, -0.6) + " " + at(-2, -0.9) + "Z";
        }
        return d;
    }
}
