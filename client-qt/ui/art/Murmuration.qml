import QtQuick
import Starling.Ui

// A flock behind the welcome page: small birds along a curve, always the same ones.
PathArt {
    id: flock
    color: Theme.accentText
    opacity: Theme.dark ? 0.28 : 0.22
    box: 1000
    stroke: 3
    Accessible.ignored: true
    path: {
        let seed = 11, d = "";
        const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
        for (let i = 0; i < 260; ++i) {
            const t = next() * 6.28, spread = Math.pow(next(), 1.7) * 150 + 10, turn = next() * 6.28;
            const x = 500 + 380 * Math.sin(t) + spread * Math.cos(turn), y = 480 + 250 * Math.sin(2 * t + 0.6) + spread * 0.7 * Math.sin(turn);
            const s = 3 + next() * 6;
            d += "M" + (x - 2 * s).toFixed(1) + " " + (y - s * 0.4).toFixed(1) + "q" + s.toFixed(1) + " " + (-s).toFixed(1) + " " + (2 * s).toFixed(1) + " 0"
                + "q" + s.toFixed(1) + " " + (-s).toFixed(1) + " " + (2 * s).toFixed(1) + " 0";
        }
        return d;
    }
}
