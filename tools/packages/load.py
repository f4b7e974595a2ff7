"""People who talk all the while: starling-loadsim from its package, through the proxy."""

import json
import subprocess
import time

from tools.cluster.failed import Failed

# What starling-loadsim says when people begin to talk, and when they stop.
LOAD, REST = "load", "coming to rest"
# Until people are there, and from when they stop to the verdict.
GRACE_S = 300
# The verdicts whose last line is a result.
JUDGED = (0, 2, 3, 4)


class Load:
    def __init__(self, world, nodes, name, *, users, seed, seconds):
        self._seconds = seconds
        self._log = world.path(f"/root/{name}.log")
        command = ["starling-loadsim", "run", "/root/people.toml", f"--url=ws://{nodes.proxy}/v1/ws", f"--users={users}", f"--seed={seed}",
                   f"--duration={seconds}s", *(f"--config={nodes.config(number)}" for number in nodes.numbers)]  # fmt: skip
        with open(self._log, "wb") as out:
            self._child = subprocess.Popen(world.inside(*command), stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def __enter__(self):
        self._wait(lambda: LOAD in self._said(), GRACE_S)
        return self

    def __exit__(self, *_):
        self._child.kill()
        self._child.wait()

    def result(self):
        """What it says in the end; whatever was done to the servers is over by then."""
        if REST in self._said():
            raise Failed(f"the load of {self._seconds} s was over before what was to happen under it")
        self._wait(lambda: self._child.poll() is not None, self._seconds + GRACE_S)
        if self._child.returncode not in JUDGED:
            raise Failed("there is no verdict:\n" + "\n".join(self._said()[-15:]))
        return json.loads(self._said()[-1])

    def _said(self):
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines()

    def _wait(self, until, seconds):
        late = time.monotonic() + seconds
        while not until():
            if time.monotonic() > late or (self._child.poll() is not None and not until()):
                raise Failed("the load has ended, or does not go on:\n" + "\n".join(self._said()[-15:]))
            time.sleep(0.2)


def wrong(result):
    """What was broken, a line each; empty: nothing."""
    lines = result["first_violations"][:10]
    if result["violations"] and not lines:
        lines.append(f"{result['violations']} promises were broken")
    lines += result["unfit"]
    counters = result["counters"]
    lines += [f"{counters[name]} {name} at clients" for name in ("refused", "server_errors", "fatal") if counters[name]]
    if not result["quiesced"]:
        lines.append("it did not come to rest")
    if not result["accepted"]:
        lines.append("nothing was acknowledged, so nothing was tried")
    return lines
