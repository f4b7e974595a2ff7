"""Processes that outlive who started them. Each is known by a file with its id, its start and the machine's: an id that was
given away again is another process, and is not touched."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

# Thousands of sockets are closed one by one, on a machine that is busy with everybody who comes back.
KILLED_S = 60

BOOT = pathlib.Path("/proc/sys/kernel/random/boot_id")


def stat(pid):
    """(state, parent, start) of a process; None when there is none, or only what is left of one. While one of its threads is not done, it
    holds its files and their locks, though the first one may have ended long ago."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    threads = int(fields[17])
    return None if fields[0] in "ZX" and threads <= 1 else (fields[0], int(fields[1]), int(fields[19]))


def title_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def go_first(children=True):
    """Before all others on this machine, with whatever this process starts, or without it. In earnest databases, and who looks after them, have
    machines of their own; here they would wait behind the thousands who wait for them. Only root may."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR | (0 if children else os.SCHED_RESET_ON_FORK), os.sched_param(1))


def send(pid, start, number):
    """To that process and no later one with its id."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        now = stat(pid)
        if now and now[2] == start:
            signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        pass  # it has ended meanwhile
    finally:
        os.close(handle)


class Process:
    def __init__(self, file):
        self.file = pathlib.Path(file)

    def spawn(self, command, log):
        with open(log, "ab") as out:
            child = subprocess.Popen([*map(str, command)], cwd=self.file.parent, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     start_new_session=True)  # fmt: skip
        self.adopt(child.pid)
        # Its end is told to who buries everybody (tools/chaos/watch.py): a handle that does not know it takes it when it goes.
        child.returncode = 0

    def adopt(self, pid):
        if now := stat(pid):
            self.file.write_text(f"{pid} {now[2]} {BOOT.read_text()}", encoding="utf-8")

    def pid(self):
        known = self._known()
        return known and known[0]

    def state(self):
        known = self._known()
        now = known and stat(known[0])
        return "gone" if not now else "paused" if now[0] == "T" else "running"

    def send(self, number):
        if known := self._known():
            send(*known, number)

    def send_all(self, number):
        """To its children's children too: PostgreSQL works in them, each in a group of its own."""
        for pid, start in self.family():
            send(pid, start, number)

    def send_to(self, title, number):
        """To those of its children whose title has these words; returns how many there are."""
        found = [each for each in self.family() if title in title_of(each[0])]
        for each in found:
            send(*each, number)
        return len(found)

    def missing(self):
        """The id of one that has ended and that nobody here has ended; None: there is none such."""
        if self._known() or not self.file.exists():
            return None
        return int(self.file.read_text(encoding="utf-8").split()[0])

    def end(self, number, patience_s):
        """In order, and at last by force: then False."""
        self.send_all(signal.SIGCONT)
        self.send(number)
        in_order = self.wait_gone(patience_s)
        if not in_order:
            self.kill()
        self.file.unlink(missing_ok=True)
        return in_order

    def kill(self):
        """With its children, and gone when they are: what they share is in use as long as one of them is there."""
        family = self.family()
        for pid, start in family:
            send(pid, start, signal.SIGKILL)
        until = time.monotonic() + KILLED_S
        while any((now := stat(pid)) and now[2] == start for pid, start in family) and time.monotonic() < until:
            time.sleep(0.05)
        self.file.unlink(missing_ok=True)

    def wait_gone(self, patience_s):
        until = time.monotonic() + patience_s
        while self._known():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def _known(self):
        """(id, start), when that process is there."""
        try:
            pid, start, boot = self.file.read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return None
        now = stat(int(pid))
        good = now and now[2] == int(start) and boot == BOOT.read_text().strip()
        return (int(pid), int(start)) if good else None

    def family(self):
        """Parents before their children."""
        known = self._known()
        if not known:
            return []
        everybody = {int(p.name): stat(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()}
        family = [known]
        for parent, _ in family:
            family += [(pid, now[2]) for pid, now in everybody.items() if now and now[1] == parent]
        return family
