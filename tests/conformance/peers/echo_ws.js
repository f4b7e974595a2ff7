// npm ws as a client of the echo server: node echo_ws.js URL
"use strict";
const assert = require("assert");
const WebSocket = require("ws");

const peer = new WebSocket(process.argv[2], { perMessageDeflate: false, maxPayload: 17 << 20 });
const once = (event) => new Promise((resolve, reject) => {
  peer.once("error", reject);
  peer.once(event, (...values) => { peer.removeListener("error", reject); resolve(values); });
});

async function echoed(sent, binary) {
  const received = once("message");
  peer.send(sent, { binary });
  const [data, isBinary] = await received;
  assert.strictEqual(isBinary, binary);
  assert(data.equals(Buffer.from(sent)), `${sent.length} bytes came back changed`);
}

(async () => {
  await once("open");
  for (const size of [0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20]) {
    await echoed("t".repeat(size), false);
    await echoed(Buffer.alloc(size, 0xfe), true);
  }
  const fragmented = once("message");
  peer.send("Grü", { fin: false });
  peer.send("ß", { fin: false });
  peer.send("e 🐦");
  assert.strictEqual((await fragmented)[0].toString(), "Grüße 🐦");
  const pong = once("pong");
  peer.ping("payload");
  assert.strictEqual((await pong)[0].toString(), "payload");
  const closed = once("close");
  peer.close(1001, "done");
  const [code, reason] = await closed;
  assert.deepStrictEqual([code, reason.toString()], [1001, "done"]);
  console.log("npm ws: the echo server passed");
})().catch((error) => { console.error(error); process.exit(1); });
