"""A board as it is installed: Debian with systemd and NetworkManager, booted in a container, with the hub's package.

NetworkManager takes over every interface that it sees. So it runs nowhere but in this container, in the network of a host
of the LAN: the container is a child of that host's namespaces and ends with them.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from kit.hub import PROGRAM
from kit.lan import child_of, environment
from kit.patience import HANGS, eventually

ROOT = Path(__file__).parents[3]
BASE = ROOT / "target/network-test/board-amd64.tar"
PACKAGES = "systemd,systemd-sysv,dbus,init-system-helpers,iproute2,network-manager,dnsmasq-base,nftables"

# In a cgroup of its own, so that two containers do not share one; their host's `/sys` is new and has none.
BOOT = """
[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none /sys/fs/cgroup
mkdir -p "/sys/fs/cgroup/$1"
echo $$ >"/sys/fs/cgroup/$1/cgroup.procs"
exec systemd-nspawn --quiet --keep-unit --register=no --network-namespace-path=/proc/self/ns/net \
  --capability=CAP_NET_ADMIN,CAP_NET_RAW --boot -D "$2"
"""


def why_not():
    """Why no board can be made here, as a sentence; None where it can. Makes its Debian, once, which needs a network."""
    if os.uname().machine != "x86_64":
        return "The board's Debian is for amd64."
    for program, package in ("systemd-nspawn", "systemd-container"), ("dpkg-deb", "dpkg"), ("strip", "binutils"):
        if not shutil.which(program):
            return f"A board needs {package}."
    if BASE.exists():
        return None
    if not shutil.which("mmdebstrap"):
        return f"There is no mmdebstrap here, and no {BASE} yet."
    BASE.parent.mkdir(parents=True, exist_ok=True)
    part = f"{BASE}.{os.getpid()}"
    make = ["mmdebstrap", "--quiet", "--format=tar", "--variant=minbase", f"--include={PACKAGES}", "bookworm", part]
    if subprocess.run(make, stdin=subprocess.DEVNULL).returncode != 0:
        return "The board's Debian 12 cannot be fetched."
    os.rename(part, BASE)
    return None


class Board:
    """A board on a host of the LAN."""

    def __init__(self, host):
        self.host = host
        self.folder = Path(tempfile.mkdtemp(prefix="colahub-board-"))
        self.root = self.folder / "root"
        self.root.mkdir()
        self.cgroup = self.folder.name
        self._do("tar", "-C", self.root, "-xf", BASE)
        self._do(ROOT / "packaging/deb.sh", "amd64", os.path.realpath(PROGRAM), self.root / "srv")

    def install(self):
        """Installs the hub's package."""
        package = next((self.root / "srv").glob("*.deb"))
        self.run("dpkg", "--install", f"/srv/{package.name}")
        self.serves()

    @staticmethod
    def _do(*command):
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=HANGS, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def boot(self):
        # NetworkManager sets the network up by /proc/sys/net.
        variables = {"SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"}
        self.nspawn = self.host.start("sh", "-ec", BOOT, "sh", self.cgroup, self.root, **variables)
        self._is_up()

    def _is_up(self):
        def state():
            with suppress(StopIteration, OSError):
                return self.run("systemctl", "is-system-running", check=False).stdout.strip(), len(self.nspawn.lines)
            return "", len(self.nspawn.lines)

        eventually(state, lambda seen: seen[0] in ("running", "degraded"), patience=30)

    def reboot(self):
        """Starts it again, in order."""
        self.run("systemctl", "reboot", check=False)
        # systemd-nspawn leaves it to its caller to start the machine again.
        assert self.nspawn.wait() == 133, self.nspawn.said
        self.boot()
        self.serves()

    @property
    def leader(self):
        return child_of_pid(self.nspawn.pid)

    def run(self, *command, check=True, given=None):
        """Runs a command on the board, as root. `given` is its standard input."""
        enter = ["nsenter", "--target", str(self.leader), "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd", "--"]
        clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"]
        feed = {"input": given} if given is not None else {"stdin": subprocess.DEVNULL}
        done = subprocess.run(
            [*enter, *clean, *map(str, command)], capture_output=True, text=True, timeout=HANGS, env=environment(), **feed
        )
        assert not check or done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}"
        return done

    def read(self, path):
        return self.run("cat", path).stdout

    def has(self, path):
        return self.run("test", "-e", path, check=False).returncode == 0

    def serves(self):
        """Waits until the hub runs."""
        return eventually(
            lambda: self.run("systemctl", "is-active", "colahub", check=False).stdout.strip(),
            lambda state: state == "active",
            patience=60,
        )

    def addresses(self):
        return self.run("ip", "-4", "-oneline", "address", "show", "dev", "eth0").stdout

    def close(self):
        # The container's init, which takes all of it along, and then systemd-nspawn.
        with suppress(StopIteration, OSError):
            os.kill(self.leader, signal.SIGKILL)
        self.nspawn.kill()
        group = f"/sys/fs/cgroup/{self.cgroup}"
        # Groups are removed from the innermost on, once the kernel has ended everything in them.
        remove = "find", group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"
        eventually(lambda: self.host.run(*remove, check=False).returncode, lambda _: not self._has_group(group))
        shutil.rmtree(self.folder)

    def _has_group(self, group):
        return self.host.run("test", "-e", group, check=False).returncode == 0


def child_of_pid(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return next(int(child) for child in children.read().split())
