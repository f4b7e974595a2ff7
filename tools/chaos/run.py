"""One run of people against the cluster while faults strike it, and what came of it."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

from tools.chaos.watch import Watch
from tools.cluster.node import config_of, get

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOOK_EVERY_S = 1
# What starling-loadsim says when people begin to talk, and when they stop.
LOAD, REST = "load", "coming to rest"
# Beyond its load: people come, everything comes to rest, the log is compared.
GRACE_S = 900
# The verdicts of starling-loadsim whose last line is a result.
JUDGED = (0, 2, 3, 4)
BROKEN = {"lost": ("G1", "G7", "G13", "G16"), "duplicated": ("G3",), "reordered": ("G2", "G4", "G5", "G6"), "diverged": ("G10", "G19", "G20")}


class Outcome:
    """`result`: the last line of starling-loadsim; None where there is none."""

    def __init__(self, result, output, watch):
        self.result = result
        self.output = output
        self.watch = watch
        self._crashes = watch.crashes()

    def wrong(self):
        """Why it failed, a line each; empty: it has passed."""
        lines = list(self._crashes)
        if self.result is None:
            return [*lines, "there is no verdict:", *self.output.strip().splitlines()[-15:]]
        lines += self.result["first_violations"][:10]
        lines += [f"'{each['fault']}' never took effect: {each['note']}" for each in self.result["faults"] if not each["effect"]]
        if self.result["violations"] and not self.result["first_violations"]:
            lines.append(f"{self.result['violations']} promises were broken")
        if not self.result["quiesced"]:
            lines.append("it did not come to rest")
        if not self.result["accepted"]:
            lines.append("nothing was acknowledged, so nothing was tried")
        return lines

    def broken(self):
        """Promises by what they are about; of many violations the report keeps the first 64."""
        found = dict.fromkeys([*BROKEN, "other"], 0)
        for text in self.result["first_violations"] if self.result else ():
            guarantee = text.split()[0].rstrip(":")
            found[next((about for about, names in BROKEN.items() if guarantee in names), "other")] += 1
        return found

    def faults(self):
        """How often each kind took effect."""
        found = {}
        for each in self.result["faults"] if self.result else ():
            kind = re.match(r"@\S+ (\S+(?: a?sync)?)", each["fault"])[1]
            found[kind] = found.get(kind, 0) + (1 if each["effect"] else 0)
        return found

    def p99_ms(self, metric):
        return round(self.result["latency"][metric]["p99_ms"], 1) if self.result else 0


def run(cluster, reaper, bin_dir, scenario, *, seed, load_s, faults, users=None, report=None, tool="tools.cluster"):
    layout = cluster.layout
    # It does not wait behind those whom its faults wake, and what it starts is nothing special.
    injector = f"/usr/bin/chrt --reset-on-fork --rr 1 /usr/bin/python3 -m {tool} --home {layout.folder.parent} --bin {bin_dir} fault"
    command = [bin_dir / "starling-loadsim", "run", scenario, f"--url=ws://127.0.0.1:{layout.port}/v1/ws", f"--seed={seed}",
               f"--duration={load_s}s", f"--injector={injector}"]  # fmt: skip
    command += [f"--config={config_of(layout, name)}" for name in layout.node_names]
    command += [f"--faults={faults}"] if faults else []
    command += [f"--users={users}"] if users else []
    command += [f"--report={report}"] if report else []
    watch = Watch(cluster, reaper, faults)
    log = layout.folder / "loadsim.log"
    with open(log, "wb") as out:
        child = subprocess.Popen(list(map(str, command)), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        reaper.spared.add(child.pid)
        until = time.monotonic() + load_s + GRACE_S
        while child.poll() is None and time.monotonic() < until:
            said = log.read_text(encoding="utf-8", errors="replace").splitlines()
            watch.look(counts=LOAD in said and REST not in said)
            time.sleep(LOOK_EVERY_S)
        child.kill()
        child.wait()
    output = log.read_text(encoding="utf-8", errors="replace")
    if report:
        report.mkdir(parents=True, exist_ok=True)
        (report / "output").write_text(output, encoding="utf-8")
        for name in layout.names:
            shutil.copy(layout.of(name) / "log", report / f"{name}.log")
        for name in layout.node_names:
            _, text = get(layout.port_of(name), "/metrics", layout.address_of(name))
            (report / f"{name}.metrics").write_text(text, encoding="utf-8")
    time.sleep(LOOK_EVERY_S)  # who has just ended is buried
    result = json.loads(output.splitlines()[-1]) if child.returncode in JUDGED else None
    return Outcome(result, output, watch)


def tell(text):
    print(text, flush=True, file=sys.stdout)
