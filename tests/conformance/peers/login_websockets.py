"""python3-websockets as a client of starlingd: login_websockets.py URL TOKEN. Frames are encoded by hand, so that neither
the transport nor the messages come from this project."""

import asyncio
import sys

import websockets

WELCOME = b"\x12"  # the first field of a ServerFrame


def hello(token):
    def field(number, payload):
        size = len(payload)
        return bytes([number << 3 | 2]) + (bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])) + payload

    return field(2, b"\x08\x01" + field(2, token))


async def closed_with(url, *messages, **options):
    async with websockets.connect(url, compression=None, **options) as peer:
        try:
            for message in messages:
                await peer.send(message)
                await asyncio.wait_for(peer.recv(), 10)
        except websockets.exceptions.ConnectionClosed:
            pass
        await asyncio.wait_for(peer.wait_closed(), 10)
    return peer.close_code


async def main(url, token):
    async with websockets.connect(url) as peer:  # it offers permessage-deflate, which is not taken
        assert peer.extensions == [], peer.extensions
        whole = hello(token)
        await peer.send([whole[:9], whole[9:20], whole[20:]])
        welcome = await asyncio.wait_for(peer.recv(), 10)
        assert isinstance(welcome, bytes) and welcome.startswith(WELCOME), welcome
        await asyncio.wait_for(await peer.ping(b"in"), 10)
        await peer.close(1000)
    assert peer.close_code == 1000, peer.close_code
    assert await closed_with(url, hello(token), "text") == 1003
    assert await closed_with(url, b"x" * (64 * 1024 + 1)) == 1009
    assert await closed_with(url, b"\xff") == 1008
    assert await closed_with(url, hello(b"stranger")) == 4001
    try:
        await closed_with(url, origin="https://evil.example")
        raise AssertionError("a foreign page got in")
    except websockets.exceptions.InvalidStatusCode as refused:
        assert refused.status_code == 403, refused.status_code


asyncio.run(main(sys.argv[1], sys.argv[2].encode()))
print("python3-websockets: starlingd passed")
