"""python3-websockets as a client of the echo server: echo_websockets.py URL"""

import asyncio
import sys

import websockets


async def main(url):
    async with websockets.connect(url, compression=None, max_size=17 << 20) as peer:
        for size in (0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20):
            for message in ("t" * size, b"\xfe" * size):
                await peer.send(message)
                assert await peer.recv() == message, f"{type(message).__name__} of {size} bytes came back changed"
        await peer.send(["Gr\u00fc\u00df", "e \U0001f426", ""])  # three fragments
        assert await peer.recv() == "Gr\u00fc\u00dfe \U0001f426"
        latency = await asyncio.wait_for(await peer.ping(b"payload"), 10)
        assert latency > 0
        await peer.close(1001, "done")
    assert (peer.close_code, peer.close_reason) == (1001, "done"), (peer.close_code, peer.close_reason)
    try:
        async with websockets.connect(url.replace("/v1/ws", "/"), extra_headers={"Sec-WebSocket-Version": "8"}):
            raise AssertionError("a second version was taken")
    except websockets.exceptions.InvalidStatusCode as refused:
        assert refused.status_code == 400, refused.status_code  # the field stands twice


asyncio.run(main(sys.argv[1]))
print("python3-websockets: the echo server passed")
