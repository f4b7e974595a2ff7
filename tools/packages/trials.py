"""What is done to the packages, one after the other on one machine. Each returns what was seen, and figures."""

import os
import re
import time

from tools.cluster.failed import Failed
from tools.packages.load import Load, wrong

# Of deploy/tmpfiles.d and deploy/sysusers.d.
FOLDERS = {"/etc/starling": "750 root starling", "/etc/starling/secrets": "700 root root", "/var/lib/starling": "700 starling starling"}
BACK_S = 60
# Beyond WatchdogSec: the abort, and a start.
WATCHDOG_S = 30
# What people say before something happens.
BEFORE_S = 5
# Long enough for all of it on a machine that is busy with other work too.
LOAD_S = 150
NEWER = "99.0.0-1"


def installed(nodes, _):
    """The user, the folders, the units; nothing runs."""
    world = nodes.world
    world.run("dpkg", "--install", *(f"/root/{name}.deb" for name in ("starlingctl", "starling-loadsim", "starlingd")))
    user = world.says("getent", "passwd", "starling")
    expect(user.endswith(":/var/lib/starling:/usr/sbin/nologin"), f"the user is {user}")
    for path, mode in FOLDERS.items():
        found = world.says("stat", "--format=%a %U %G", path)
        expect(found == mode, f"{path} is {found}, and not {mode}")
    expect(not units(world, "--state=active,activating,failed"), "something runs that nobody has started")
    return "installed; the user and the folders are there, and nothing runs", {}


def started(nodes, _):
    """Each says that it is ready, is watched, has its secret, and may do nothing that it need not."""
    nodes.set_up()
    nodes.start()
    for number in nodes.numbers:
        kind, state, watchdog = nodes.show(number, "Type", "ActiveState", "WatchdogUSec")
        expect((kind, state, watchdog) == ("notify", "active", "30s"), f"{nodes.unit(number)} is {kind}, {state}, with a watchdog of {watchdog}")
        process = dict(re.findall(r"(?m)^(\w+):\s*(.*)$", nodes.world.path(f"/proc/{nodes.pid(number)}/status").read_text()))
        for name, value in {"NoNewPrivs": "1", "Seccomp": "2", "CapEff": "0" * 16, "CapBnd": "0" * 16}.items():
            expect(process[name] == value, f"{nodes.unit(number)} has {name} {process[name]}, and not {value}")
        ready(nodes, number)
    wait(lambda: nodes.world.run("starlingctl", "--config", nodes.config(1), "status", good=None).returncode == 0, BACK_S, "node 1 is not well")
    return "three nodes are ready, watched, without capabilities, and let in by PostgreSQL with the password that systemd handed them", {}


def upgraded(nodes, args):
    """Node by node, each drained, while people talk."""
    world = nodes.world
    newer(world)
    before = {number: nodes.pid(number) for number in nodes.numbers}
    with Load(world, nodes, "upgraded", users=args.users, seed=args.seed, seconds=LOAD_S) as load:
        time.sleep(BEFORE_S)
        began = time.monotonic()
        world.run("dpkg", "--install", "/root/starlingd-newer.deb", "/root/starlingctl-newer.deb")
        took = time.monotonic() - began
        for number in nodes.numbers:
            expect(nodes.pid(number) != before[number], f"{nodes.unit(number)} was not started anew")
            runs = os.readlink(world.path(f"/proc/{nodes.pid(number)}/exe"))
            expect(runs == "/usr/bin/starlingd", f"{nodes.unit(number)} runs {runs}")
            expect(nodes.show(number, "NRestarts") == ["0"], f"{nodes.unit(number)} has died meanwhile")
            ready(nodes, number)
        result = load.result()
    return judged("upgraded", result, f"upgraded to {NEWER} within {took:.1f} s, node by node", upgrade_s=round(took, 1))


def ill_treated(nodes, args):
    """One is killed, one hangs; systemd brings both back."""
    world = nodes.world
    with Load(world, nodes, "ill_treated", users=args.users, seed=args.seed + 1, seconds=LOAD_S) as load:
        time.sleep(BEFORE_S)
        killed = back_after(nodes, 2, "KILL", BACK_S)
        hung = back_after(nodes, 3, "STOP", WATCHDOG_S + BACK_S)
        result = load.result()
    journal = world.says("journalctl", "--no-pager", "--unit=starlingd@3")
    expect("Watchdog timeout" in journal, "it was not the watchdog that has ended starlingd@3")
    said = f"one node was killed and back after {killed:.1f} s, one stood still and was back after {hung:.1f} s"
    return judged("ill_treated", result, said, killed_back_s=round(killed, 1), hung_back_s=round(hung, 1))


def stopped_half_way(nodes, _):
    """A node that does not come up ends the upgrade; the ones after it are not touched, and it goes on when that one is mended."""
    world = nodes.world
    before = {number: nodes.pid(number) for number in nodes.numbers}
    good = world.path(nodes.config(2)).read_text(encoding="utf-8")
    world.path(nodes.config(2)).write_text("[server]\nlisten = 7\n", encoding="utf-8")
    expect(world.run("dpkg", "--install", "/root/starlingd-newer.deb", good=None).returncode != 0, "an upgrade goes well though a node is down")
    expect(nodes.pid(1) != before[1], f"{nodes.unit(1)} was not started anew")
    expect(nodes.pid(3) == before[3], f"{nodes.unit(3)} was touched after another one did not come up")
    world.path(nodes.config(2)).write_text(good, encoding="utf-8")
    world.run("systemctl", "start", nodes.unit(2))
    world.run("dpkg", "--configure", "starlingd")
    expect(nodes.pid(3) != before[3], f"{nodes.unit(3)} was not started anew")
    for number in nodes.numbers:
        ready(nodes, number)
    return "an upgrade ends where a node does not come up, and goes on when that one is mended", {}


def misconfigured(nodes, _):
    """It says why, and is not started for ever."""
    world = nodes.world
    world.path("/etc/starling/4.toml").write_text("[server]\nlisen = \"127.0.0.1:8012\"\n", encoding="utf-8")
    expect(world.run("systemctl", "enable", "--now", "starlingd@4", good=None).returncode != 0, "it starts with a wrong configuration")
    time.sleep(5)
    state, restarts = nodes.show(4, "ActiveState", "NRestarts")
    journal = world.says("journalctl", "--no-pager", "--output=cat", "--unit=starlingd@4")
    expect((state, restarts) == ("failed", "0"), f"starlingd@4 is {state}, and was started again {restarts} times:\n{journal[-1500:]}")
    expect("lisen" in journal and "listen" in journal, f"the journal does not say what is wrong:\n{journal[-1500:]}")
    return "a wrong configuration is told in the journal, and the start is not tried again", {}


def removed(nodes, _):
    """A removal keeps what was written, a purge does not."""
    world = nodes.world
    world.run("dpkg", "--remove", "starlingd")
    expect(not units(world, "--state=active,activating"), "something still runs")
    expect(world.path("/var/lib/starling/1/keys").is_dir() and world.path(nodes.config(1)).exists(), "a removal took what was written")
    world.run("dpkg", "--purge", "starlingd")
    left = world.says("find", "/etc", "/var/lib", "/usr/bin", "/lib/systemd", "/run/systemd", "/run/credentials", "-name", "*starling*",
                      "-not", "-path", "/var/lib/dpkg/*", "-not", "-path", "/lib/systemd/system/starling*")  # fmt: skip
    expect(set(left.split()) == {"/usr/bin/starlingctl", "/usr/bin/starling-loadsim"}, f"a purge has left\n{left}")
    expect(not units(world, "--all"), f"systemd still knows\n{units(world, '--all')}")
    expect(world.run("getent", "passwd", "starling", good=None).returncode == 0, "the user is gone")
    return "a removal keeps configuration and data, a purge leaves nothing but the user", {}


ALL = (installed, started, upgraded, ill_treated, stopped_half_way, misconfigured, removed)


def newer(world):
    """The same programs under a higher version."""
    for name in ("starlingd", "starlingctl"):
        world.run("dpkg-deb", "--raw-extract", f"/root/{name}.deb", f"/root/{name}")
        world.run("sed", "-i", f"s/^Version: .*/Version: {NEWER}/", f"/root/{name}/DEBIAN/control")
        world.run("dpkg-deb", "--root-owner-group", "-Znone", "--build", f"/root/{name}", f"/root/{name}-newer.deb")


def back_after(nodes, number, signal, patience_s):
    """How long it took from the signal until its service is another process that is ready."""
    old = nodes.pid(number)
    began = time.monotonic()
    nodes.world.run("systemctl", "kill", "--kill-who=main", f"--signal={signal}", nodes.unit(number))
    wait(lambda: nodes.show(number, "ActiveState") == ["active"] and nodes.pid(number) not in (0, old), patience_s, f"{nodes.unit(number)} is not back")
    ready(nodes, number)
    return time.monotonic() - began


def ready(nodes, number):
    status = nodes.world.run("starlingctl", "--config", nodes.config(number), "status", good=None)
    expect(status.returncode == 0, f"systemd has {nodes.unit(number)} for ready, and it is not:\n{status.stdout}")


def judged(name, result, said, **more):
    """The longest silence: from a lost connection to having every room again, or from a send that was due to its answer."""
    if lines := wrong(result):
        raise Failed("\n".join(lines))
    latency = result["latency"]
    silence = max(latency["outage"]["max_ms"], latency["ack"]["max_ms"])
    counters = {name: result["counters"][name] for name in ("disconnects", "connect_failures", "refused", "server_errors")}
    figures = {"acked": result["accepted"], "violations": result["violations"], **counters, "silence_max_ms": silence}
    return f"{said}; {result['accepted']} acknowledged, nothing lost, doubled or reordered, the longest silence {silence / 1000:.1f} s", {name: figures | more}


def units(world, *which):
    return world.says("systemctl", "list-units", "--plain", "--no-legend", *which, "starlingd.service", "starlingd@*.service")


def wait(until, seconds, otherwise):
    late = time.monotonic() + seconds
    while not until():
        if time.monotonic() > late:
            raise Failed(f"{otherwise} after {seconds} s")
        time.sleep(0.1)


def expect(good, otherwise):
    if not good:
        raise Failed(otherwise)
