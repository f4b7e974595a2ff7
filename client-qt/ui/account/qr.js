.pragma library

// QR codes (ISO/IEC 18004) of bytes at error correction level M, versions 1 to 10: up to 213 bytes, an otpauth URI has about 100.

// version -> [error correction words a block, [blocks, data words]…]
const blocks = [null, [10, [1, 16]], [16, [1, 28]], [26, [1, 44]], [18, [2, 32]], [24, [2, 43]], [16, [4, 27]], [18, [4, 31]],
    [22, [2, 38], [2, 39]], [22, [3, 36], [2, 37]], [26, [4, 43], [1, 44]]];
const centres = [null, [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

const exp = [], log = [];
for (let i = 0, x = 1; i < 255; ++i) {
    exp[i] = exp[i + 255] = x;
    log[x] = i;
    x <<= 1;
    if (x & 256) x ^= 285;
}

function utf8(text) {
    return unescape(encodeURIComponent(text)).split("").map(c => c.charCodeAt(0));
}

function generator(n) {
    let g = [1];
    for (let i = 0; i < n; ++i) {
        const next = g.concat([0]);
        for (let j = 0; j < g.length; ++j)
            next[j + 1] ^= g[j] ? exp[log[g[j]] + i] : 0;
        g = next;
    }
    return g;
}

function remainder(data, n) {
    const g = generator(n), rest = data.concat(new Array(n).fill(0));
    for (let i = 0; i < data.length; ++i) {
        const f = rest[i];
        if (f) for (let j = 0; j < g.length; ++j) rest[i + j] ^= g[j] ? exp[log[g[j]] + log[f]] : 0;
    }
    return rest.slice(data.length);
}

function capacity(version) {
    return blocks[version].slice(1).reduce((sum, b) => sum + b[0] * b[1], 0);
}

function words(bytes, version) {
    const bits = [];
    const put = (value, n) => { for (let i = n - 1; i >= 0; --i) bits.push((value >> i) & 1); };
    put(4, 4);
    put(bytes.length, version < 10 ? 8 : 16);
    for (const b of bytes) put(b, 8);
    const all = capacity(version) * 8;
    put(0, Math.min(4, all - bits.length));
    while (bits.length % 8) bits.push(0);
    for (let pad = 0xec; bits.length < all; pad ^= 0xec ^ 0x11) put(pad, 8);
    const data = [];
    for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(""), 2));

    const parts = [], checks = [], n = blocks[version][0];
    let at = 0;
    for (const [count, size] of blocks[version].slice(1))
        for (let i = 0; i < count; ++i, at += size) {
            parts.push(data.slice(at, at + size));
            checks.push(remainder(data.slice(at, at + size), n));
        }
    const out = [];
    const longest = Math.max(...parts.map(p => p.length));
    for (let i = 0; i < longest; ++i) for (const p of parts) if (i < p.length) out.push(p[i]);
    for (let i = 0; i < n; ++i) for (const c of checks) out.push(c[i]);
    return out;
}

function bch(value, bits, poly, polyBits) {
    let rest = value << (polyBits - 1);
    for (let i = bits - 1; i >= 0; --i) if (rest & (1 << (i + polyBits - 1))) rest ^= poly << i;
    return (value << (polyBits - 1)) | rest;
}

// The square of booleans, or null when the text is too long.
function encode(text) {
    const bytes = utf8(text);
    let version = 1;
    while (version <= 10 && capacity(version) * 8 < 4 + (version < 10 ? 8 : 16) + bytes.length * 8) ++version;
    if (version > 10) return null;
    const size = version * 4 + 17;
    const m = Array.from({ length: size }, () => new Array(size).fill(null));
    const set = (r, c, on) => { if (r >= 0 && c >= 0 && r < size && c < size) m[r][c] = on; };
    for (const [r0, c0] of [[0, 0], [0, size - 7], [size - 7, 0]])
        for (let r = -1; r <= 7; ++r)
            for (let c = -1; c <= 7; ++c) {
                const ring = Math.max(Math.abs(r - 3), Math.abs(c - 3));
                set(r0 + r, c0 + c, ring !== 4 && ring !== 2);
            }
    for (const r of centres[version])
        for (const c of centres[version])
            if (m[r][c] === null || (r === 6) !== (c === 6)) {
                if ((r === 6 && c === 6) || (r === 6 && c === size - 7) || (r === size - 7 && c === 6)) continue;
                for (let y = -2; y <= 2; ++y) for (let x = -2; x <= 2; ++x) set(r + y, c + x, Math.max(Math.abs(x), Math.abs(y)) !== 1);
            }
    for (let i = 8; i < size - 8; ++i) {
        if (m[6][i] === null) m[6][i] = i % 2 === 0;
        if (m[i][6] === null) m[i][6] = i % 2 === 0;
    }
    set(size - 8, 8, true);
    // Format: level M is 00, mask 0; then the version.
    const format = bch(0, 5, 0x537, 11) ^ 0x5412;
    for (let i = 0; i < 15; ++i) {
        const on = ((format >> i) & 1) === 1;
        if (i < 6) m[i][8] = on; else if (i < 8) m[i + 1][8] = on; else m[size - 15 + i][8] = on;
        if (i < 8) m[8][size - 1 - i] = on; else if (i < 9) m[8][15 - i] = on; else m[8][14 - i] = on;
    }
    if (version >= 7) {
        const info = bch(version, 6, 0x1f25, 13);
        for (let i = 0; i < 18; ++i) {
            const on = ((info >> i) & 1) === 1;
            m[Math.floor(i / 3)][size - 11 + i % 3] = on;
            m[size - 11 + i % 3][Math.floor(i / 3)] = on;
        }
    }
    const data = words(bytes, version);
    let bit = 0, up = true;
    for (let right = size - 1; right > 0; right -= 2) {
        if (right === 6) right = 5;
        for (let i = 0; i < size; ++i) {
            const r = up ? size - 1 - i : i;
            for (const c of [right, right - 1]) {
                if (m[r][c] !== null) continue;
                const on = bit < data.length * 8 && ((data[bit >> 3] >> (7 - (bit & 7))) & 1) === 1;
                ++bit;
                m[r][c] = on !== ((r + c) % 2 === 0);
            }
        }
        up = !up;
    }
    return m;
}
