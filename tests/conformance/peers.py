"""Independent WebSocket clients against the programs of this build: python3-websockets, npm ws and QWebSocket.

    python3 peers.py [--echo BIN/ws_echo_server] [--server BIN] [--qt BIN]

--qt: the folder of qt_echo and qt_chat. Each peer must pass; one that cannot run has failed. The last line is JSON."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

import conformance
import production

HERE = pathlib.Path(__file__).resolve().parent / "peers"
PATIENCE = 120  # seconds


def run(command):
    environment = os.environ | {"NODE_PATH": "/usr/share/nodejs", "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(command, env=environment, timeout=PATIENCE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
    except (OSError, subprocess.TimeoutExpired) as failure:
        return False, str(failure)
    return done.returncode == 0, done.stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--echo", metavar="PROGRAM")
    parser.add_argument("--server", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--qt", metavar="FOLDER", type=pathlib.Path)
    options = parser.parse_args()
    passed = {}

    def try_peer(name, *command):
        passed[name], said = run(command)
        print(f"{'passed' if passed[name] else 'FAILED'}  {name}" + ("" if passed[name] else f"\n{said}"))

    if options.echo:
        with conformance.echo_server(options.echo) as port:
            url = f"ws://127.0.0.1:{port}/v1/ws"
            try_peer("echo: python3-websockets", sys.executable, HERE / "echo_websockets.py", url)
            try_peer("echo: npm ws", "node", HERE / "echo_ws.js", url)
            if options.qt:
                try_peer("echo: QWebSocket", options.qt / "qt_echo", url)
    if options.server:
        with production.starlingd(options.server) as (port, token):
            url, token = f"ws://127.0.0.1:{port}/v1/ws", token.decode()
            try_peer("starlingd: python3-websockets", sys.executable, HERE / "login_websockets.py", url, token)
            try_peer("starlingd: npm ws", "node", HERE / "login_ws.js", url, token)
            if options.qt:
                try_peer("starlingd: the engine over QWebSocket", options.qt / "qt_chat", url, token)
    failed = sum(not ok for ok in passed.values())
    print(json.dumps({"peers": {"tried": len(passed), "passed": len(passed) - failed, "failed": failed}}))
    return 0 if passed and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
