"""A machine of its own, on this one: its files are this machine's, over which it writes in memory, and its first process is systemd.

tools/dev/chaos.sh has put us into new namespaces (processes, mounts, network), of whose processes this is the first: with us it is gone.
"""

import os
import pathlib
import shutil
import subprocess
import time

from tools.cluster.failed import Failed
from tools.cluster.process import stat

BOOTED_S = 300
# On a disk that only our own mount namespace has.
HOME = pathlib.Path("/run/starling-world")
ROOT = HOME / "root"
CGROUPS = HOME / "cgroups"
# What has been set up or written on this machine, and is no part of what is installed.
EMPTY = ("etc/haproxy", "etc/postgresql", "etc/systemd/system", "root", "tmp", "var/lib/postgresql", "var/log")
ABSENT = ("etc/starling", "var/lib/starling")
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
# The first process of its own namespaces, in the folder that becomes its root. What it could turn for the whole machine is closed to it.
BOOT = """
set -e
mount -t proc -o nosuid,nodev,noexec proc proc
for closed in sys sysrq-trigger; do
  [ ! -e "proc/$closed" ] || { mount --bind "proc/$closed" "proc/$closed"; mount -o remount,bind,ro "proc/$closed"; }
done
mount -t cgroup2 cgroup2 sys/fs/cgroup
pivot_root . run/outside
umount -l run/outside
# systemd hands secrets to services by mounts that it makes elsewhere, and leaves it to whoever makes its world that they arrive.
mount --make-rshared /
exec setpriv --bounding-set=-sys_module,-sys_rawio,-sys_time env -i container=starling PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=multi-user.target
"""


class Impossible(Exception):
    """This machine cannot hold another one; it says why."""


class World:
    def __init__(self, cgroup, launcher):
        self._cgroup = cgroup
        self._launcher = launcher
        self._first = None

    def wait_booted(self):
        until = time.monotonic() + BOOTED_S
        while (state := self._state()) not in ("running", "degraded"):
            if self._launcher.poll() is not None:
                raise Impossible(f"systemd does not start here:\n{(HOME / 'console').read_text(errors='replace')[-2000:]}")
            if time.monotonic() > until:
                raise Failed(f"after {BOOTED_S} s systemd is {state}, and not running")
            time.sleep(0.2)

    def _state(self):
        if self._first is None:
            parents = {p.name: stat(p.name) for p in pathlib.Path("/proc").iterdir() if p.name.isdigit()}
            self._first = next((pid for pid, now in parents.items() if now and now[1] == self._launcher.pid), None)
            return "no process yet"
        return self.run("systemctl", "is-system-running", good=None).stdout.strip()

    def inside(self, *command):
        """To be run there, as root."""
        enter = ["nsenter", f"--target={self._first}", "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root", "--wd"]
        clean = ["env", "-i", "HOME=/root", "LANG=C.UTF-8", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive"]
        return [*enter, *clean, *map(str, command)]

    def run(self, *command, good=(0,), text=None):
        """Ends well, or in one of the ways that are good; None: in any."""
        done = subprocess.run(self.inside(*command), input=text, stdin=None if text else subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)  # fmt: skip
        if good is not None and done.returncode not in good:
            raise Failed(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done

    def says(self, *command):
        return self.run(*command).stdout.strip()

    def path(self, path):
        """Of a file there, for us."""
        return pathlib.Path(f"/proc/{self._first}/root") / path.lstrip("/")

    def end(self):
        self._launcher.kill()
        self._launcher.wait()
        until = time.monotonic() + 10
        while not _remove(self._cgroup) and time.monotonic() < until:
            time.sleep(0.1)


def make():
    if os.getpid() != 1:
        raise Failed("this is no world of its own; start it as: ./dev chaos --packages")
    _files()
    cgroup = _cgroup()
    boot = ["unshare", "--mount", "--pid", "--uts", "--cgroup", "--fork", "--kill-child", "sh", "-c", BOOT]
    # Who unshares the cgroup is at its top already.
    join = ["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', str(cgroup), *boot]
    with open(HOME / "console", "wb") as console:
        return World(cgroup, subprocess.Popen(join, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=console, stderr=console))


def _files():
    if any(pathlib.Path(f"/{other}").stat().st_dev != pathlib.Path("/").stat().st_dev for other in ("etc", "usr", "var/lib/dpkg")):
        raise Impossible("/etc, /usr and /var/lib/dpkg are not on one disk, so they cannot be laid over together")
    _mount("tmpfs", HOME.parent, "mode=755,size=4g")
    HOME.mkdir()
    for name in ("upper", "work"):
        (HOME / name).mkdir()
    _mount("overlay", ROOT, f"lowerdir=/,upperdir={HOME}/upper,workdir={HOME}/work")
    for name in ABSENT:
        shutil.rmtree(ROOT / name, ignore_errors=True)
    for name in EMPTY:
        _mount("tmpfs", ROOT / name, "mode=1777" if name == "tmp" else "mode=755")
    _mount("tmpfs", ROOT / "run", "mode=755,nosuid,nodev")
    (ROOT / "run/outside").mkdir()
    _mount("sysfs", ROOT / "sys", "ro,nosuid,nodev,noexec")
    dev = ROOT / "dev"
    _mount("tmpfs", dev, "mode=755,nosuid")
    for name, numbers in DEVICES.items():
        os.mknod(dev / name, 0o20666, os.makedev(*numbers))
        (dev / name).chmod(0o666)
    _mount("devpts", dev / "pts", "newinstance,ptmxmode=666,mode=620,gid=5")
    _mount("tmpfs", dev / "shm", "mode=1777")
    for name, to in {"fd": "/proc/self/fd", "ptmx": "pts/ptmx", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}.items():
        (dev / name).symlink_to(to)
    (ROOT / "etc/fstab").write_text("", encoding="utf-8")
    (ROOT / "etc/hostname").write_text("starling-world\n", encoding="utf-8")


def _cgroup():
    """A new one below our own, wherever that is; those that a killed run has left are removed."""
    _mount("cgroup2", CGROUPS, "nosuid,nodev,noexec")
    ours = next((line[4:] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::/")), None)
    if ours is None:
        raise Impossible("there is no cgroup of the second version here")
    above = CGROUPS / ours
    for old in above.glob("starling-world-*"):
        _remove(old)
    cgroup = above / f"starling-world-{time.time_ns()}"
    cgroup.mkdir()
    return cgroup


def _remove(cgroup):
    """False: somebody is in there."""
    try:
        for folder, _, _ in os.walk(cgroup, topdown=False):
            os.rmdir(folder)
    except OSError:
        return False
    return True


def _mount(kind, where, options):
    pathlib.Path(where).mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", kind, "-o", options, "starling", where], capture_output=True, text=True)
    if done.returncode != 0:
        raise Impossible(f"{kind} cannot be mounted: {done.stderr.strip()}")
