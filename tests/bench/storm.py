"""./dev bench storm: everybody comes back at once while people log in. Ten thousand sessions lose their connections and
resume together; meanwhile twenty logins a second queue for argon2id. A resume is answered from its ticket: it must cost
no password hash and not wait behind those that do."""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error

from kit.programs import BIN, Load, Server
from kit.verdict import Verdict, progress

PASSWORD = "correct horse battery"
QUEUE_MAX = 100  # what the server lets wait for a hash: docs/OPERATIONS.md
RESUME_P99_MAX_MS = 5_000


class Logins(threading.Thread):
    """An open model: a login is begun at its time, however long the ones before take. Each account logs in from an
    address of its own, as people do."""

    def __init__(self, server, accounts, per_s):
        super().__init__(daemon=True)
        self.server, self.accounts, self.per_s = server, accounts, per_s
        self.over = threading.Event()
        self.statuses = {}
        self.ms = []
        self.threads = []
        self.lock = threading.Lock()

    def run(self):
        began = time.monotonic()
        while not self.over.wait(max(0, began + len(self.threads) / self.per_s - time.monotonic())):
            thread = threading.Thread(target=self.login, args=(len(self.threads) % self.accounts,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def login(self, account):
        began = time.monotonic()
        try:
            source = (f"127.0.200.{1 + account}", 0)
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60, source_address=source)
            body = json.dumps({"handle": f"guest{account}", "password": PASSWORD, "device_name": "bench"})
            connection.request("POST", "/v1/login", body, {"Content-Type": "application/json"})
            status = connection.getresponse().status
            connection.close()
        except (BrokenPipeError, ConnectionResetError):
            status = 503  # the door's answer came, and was lost, before the request was written
        except OSError as error:
            status = type(error).__name__
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.ms.append(1000 * (time.monotonic() - began))

    def answered(self):
        with self.lock:
            return len(self.ms)

    def stop(self):
        self.over.set()
        self.join()
        for thread in self.threads:
            thread.join()


class Queue(threading.Thread):
    """How many logins wait for a thread that hashes, at most."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.over = threading.Event()
        self.most = 0

    def run(self):
        while not self.over.wait(0.05):
            try:
                values = self.server.metrics_by_label()
            except urllib.error.HTTPError:  # put off at the door, as everybody is
                continue
            self.most = max(self.most, int(values['starling_api_waiting{lane="password"}']))

    def stop(self):
        self.over.set()
        self.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--members", type=int, default=100, help="of a room; each session is in one")
    parser.add_argument("--accounts", type=int, default=100, help="that log in, in turn")
    parser.add_argument("--logins", type=int, default=20, help="logins a second")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="starling-bench-") as directory, Server(directory) as server:
        server.seed(options.sessions, max(1, options.sessions // options.members), options.members)
        tokens = server.tokens(options.sessions)
        progress(f"making {options.accounts} accounts")
        for account in range(options.accounts):
            command = [BIN / "starlingctl", "--config", server.config, "user", "add", f"guest{account}"]
            subprocess.run([str(part) for part in command], input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
        server.start()
        with Load("--port", server.port, "--tokens", tokens, "--fold", "--joining", options.sessions) as load:
            return measure(options, server, load)


def measure(options, server, load):
    progress(f"{options.sessions:,} sessions log in")
    load.connect(options.sessions)
    logins, queue = Logins(server, options.accounts, options.logins), Queue(server)
    before = server.metrics()
    logins.start()
    queue.start()
    time.sleep(3)
    alone = logins.answered()
    progress("they all lose their connections, and come back at once")
    load.ask("leave", count=options.sessions)
    back = load.connect(options.sessions)
    during = logins.answered() - alone
    time.sleep(3)
    logins.stop()
    queue.stop()
    after = server.metrics()
    hashes = int(after["starling_password_hashes_total"] - before["starling_password_hashes_total"])
    done = logins.statuses.get(200, 0)

    verdict = Verdict("storm")
    verdict.figure("sessions", options.sessions)
    verdict.figure("resumed_by_ticket", int(after["starling_logins_by_ticket_total"] - before["starling_logins_by_ticket_total"]), at_least=options.sessions)
    verdict.figure("complete", back["ready"], at_least=options.sessions, said="every event, in order, the hash as named")
    verdict.figure("put_off_at_the_door", back["put_off"], said="more than may be without a Hello; they came back by the client's own back-off")
    verdict.figure("storm_s", back["seconds"], said="until the last one has everything")
    verdict.figure("resume_p50_ms", back["p50_ms"], said="from its first connect() until it has everything")
    verdict.figure("resume_p99_ms", back["p99_ms"], at_most=RESUME_P99_MAX_MS)
    verdict.figure("logins_per_s", options.logins, said="begun, whatever becomes of those before")
    verdict.figure("logins_begun", len(logins.threads))
    verdict.figure("logins_done", done, at_least=1)
    verdict.figure("logins_done_in_the_storm", during)
    verdict.figure("logins_put_off", logins.statuses.get(503, 0) + logins.statuses.get(429, 0), said="told when to come back")
    verdict.figure("login_p50_ms", round(statistics.median(logins.ms), 1))
    verdict.figure("hashes", hashes, said="in the server, by its own count")
    verdict.figure("hashes_by_resumes", hashes - done, at_most=0)
    verdict.figure("queue_max", queue.most, at_most=QUEUE_MAX, said="logins that wait for a thread")
    for key in ("gaps", "doubles", "altered"):
        if back[key]:
            verdict.wrong(f"{key}: {back[key]}")
    for status, count in logins.statuses.items():
        if status not in (200, 429, 503):
            verdict.wrong(f"{count} logins ended with {status}")
    return verdict.close()


if __name__ == "__main__":
    sys.exit(main())
