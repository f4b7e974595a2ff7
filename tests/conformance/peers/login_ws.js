// npm ws as a client of starlingd: node login_ws.js URL TOKEN. Frames are encoded by hand.
"use strict";
const assert = require("assert");
const WebSocket = require("ws");

const [url, token] = process.argv.slice(2);
const WELCOME = 0x12; // the first field of a ServerFrame

function field(number, payload) {
  const size = payload.length;
  return Buffer.concat([Buffer.from([number << 3 | 2, ...(size < 128 ? [size] : [size & 127 | 128, size >> 7])]), payload]);
}
const hello = (text) => field(2, Buffer.concat([Buffer.from([8, 1]), field(2, Buffer.from(text))]));

// Opens a connection, sends each message, and gives what came and how it ended. `act` is called with every message.
function talk(messages, act = () => {}, options = {}) {
  return new Promise((resolve, reject) => {
    const peer = new WebSocket(url, options);
    const seen = [];
    peer.on("error", reject);
    peer.on("open", () => messages.forEach((message) => peer.send(message)));
    peer.on("message", (data, binary) => { seen.push({ data, binary }); act(peer, seen); });
    peer.on("pong", (data) => { seen.push({ pong: data.toString() }); act(peer, seen); });
    peer.on("close", (code) => resolve({ seen, code, extensions: peer.extensions }));
  });
}

(async () => {
  const login = await talk([hello(token)], (peer, seen) => {
    if (seen.length === 1) peer.ping("in");
    if (seen.some((item) => item.pong === "in")) peer.close(1000);
  });
  assert.strictEqual(login.code, 1000);
  assert.strictEqual(login.extensions, ""); // permessage-deflate was offered
  assert(login.seen[0].binary && login.seen[0].data[0] === WELCOME);
  assert.strictEqual((await talk([hello(token), "text"])).code, 1003);
  assert.strictEqual((await talk([Buffer.alloc(64 * 1024 + 1)])).code, 1009);
  assert.strictEqual((await talk([Buffer.from([0xff])])).code, 1008);
  assert.strictEqual((await talk([hello("stranger")])).code, 4001);
  await assert.rejects(talk([], undefined, { origin: "https://evil.example" }), /403/);
  console.log("npm ws: starlingd passed");
})().catch((error) => { console.error(error); process.exit(1); });
