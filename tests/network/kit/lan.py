"""A network of one's own: a switch and hosts, each in Linux namespaces that this process alone holds.

A host is a process (PID 1 of a PID namespace of its own) that reads from a pipe. When the pipe closes, because
the story is over or because this program was killed in whatever way, the kernel ends everything in that
namespace, and the interfaces and files of the host are gone with it. So nothing is ever left behind.
"""

import ctypes
import itertools
import os
import shutil
import signal
import subprocess
import threading

from kit.patience import HANGS, Waiting, spent

# What a host is born with. Its files that matter (/run, /etc/avahi) are in memory and its own.
BIRTH = """
mount -t sysfs none /sys
mount -t tmpfs none /run
mkdir -p /run/dbus /run/avahi-daemon /run/home /run/tmp
[ ! -d /etc/avahi ] || mount -t tmpfs none /etc/avahi
echo "$1" >/proc/sys/kernel/hostname
echo "$2" >/proc/sys/net/ipv6/conf/default/accept_dad
ip link set lo up
echo born
exec cat
"""


class Box:
    """A machine without a cable yet."""

    def __init__(self, hostname, dad=False):
        self.name = hostname
        self.processes = []
        namespaces = ["unshare", "--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
        self.outer = subprocess.Popen(
            [*namespaces, "sh", "-ec", BIRTH, "sh", hostname, str(int(dad))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self.outer.stdout.readline() != "born\n":
            raise RuntimeError(f"the host {hostname} could not be made: {self.outer.wait()}")
        self.pid = child_of(self.outer)

    def _enter(self, command):
        return ["nsenter", "--target", str(self.pid), "--net", "--mount", "--uts", "--pid", "--root", "--", *map(str, command)]

    def run(self, *command, check=True, timeout=HANGS):
        """Runs a command on this host to its end. Gives what it did."""
        done = subprocess.run(
            self._enter(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment(),
        )
        assert not check or done.returncode == 0, f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}"
        return done

    def start(self, *command, stdin=subprocess.DEVNULL, **variables):
        """Starts a program on this host, which ends with the host at the latest."""
        process = Process(self._enter(command), environment(variables), stdin)
        self.processes.append(process)
        return process

    def inside(self, does, *args):
        """Calls a function as this host sees the network. Sockets and threads it makes stay there."""
        outcome = []

        def enter():
            try:
                set_network(self.pid)
                outcome.append((does(*args), None))
            except BaseException as error:  # noqa: BLE001 it is raised again, in the thread that asked
                outcome.append((None, error))

        thread = threading.Thread(target=enter, daemon=True)
        thread.start()
        thread.join(HANGS)
        assert outcome, f"{does} on {self.name} did not end"
        value, error = outcome[0]
        if error:
            raise error
        return value

    def ip(self, *args):
        # In its network only: processes of other hosts are then called as we call them.
        command = ["nsenter", "--target", str(self.pid), "--net", "--", "ip", *args]
        done = subprocess.run(command, capture_output=True, text=True, timeout=HANGS)
        assert done.returncode == 0, f"ip {' '.join(args)}: {done.stderr}"
        return done.stdout

    def write(self, path, text):
        """Writes a file of this host; only /run and /etc/avahi are its own."""
        with open(f"/proc/{self.pid}/root{path}", "w") as file:
            file.write(text)

    def close(self):
        self.outer.stdin.close()
        try:
            self.outer.wait(60)
        except subprocess.TimeoutExpired:
            os.kill(self.pid, signal.SIGKILL)
            self.outer.wait(HANGS)
        self.outer.stdout.close()
        for process in self.processes:
            process.wait()


class Process:
    """A program on a host, with all it says."""

    def __init__(self, command, env, stdin=subprocess.DEVNULL):
        self.outer = subprocess.Popen(
            command,
            env=env,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines, self.ended = [], False
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with self.outer.stdout as lines:
            for line in lines:
                with self.changed:
                    self.lines.append(line.rstrip("\n"))
                    self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    @property
    def said(self):
        return "\n".join(self.lines)

    def says(self, fits, patience=None, within=None, progress=lambda: None):
        """Waits for a line that fits while others come or `progress` changes, and gives what `fits` gave for it."""
        waiting = Waiting(patience, within)

        def found():
            return next((found for line in self.lines if (found := fits(line))), None)

        with self.changed:
            while not (answer := found()) and not self.ended and waiting.goes_on((len(self.lines), progress())):
                self.changed.wait(waiting.left)
        assert answer, f"it did not say what was waited for, but: {self.said}"
        return answer

    @property
    def pid(self):
        return child_of(self.outer)

    def spent(self):
        """The processor time that it has taken; None where it is not there yet, or no more."""
        try:
            return spent(self.pid)
        except (OSError, StopIteration):
            return None

    def memory(self, which):
        """Resident memory in bytes: VmRSS now, VmHWM at most so far."""
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(f"{which}:"))

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, within=HANGS):
        code = self.outer.wait(within)
        self.reader.join(within)
        return code

    def kill(self):
        if self.outer.poll() is None:
            try:
                self.signal(signal.SIGKILL)
            except (ProcessLookupError, StopIteration):
                pass  # it just ended by itself
            self.wait()


class Lan:
    """A switch, and the hosts that are plugged into it: 10.77.0.N and fd77::N, from N = `first`."""

    def __init__(self, network=77, first=1):
        self.network = network
        self.ports = itertools.count(1)
        self.numbers = itertools.count(first)
        self.hosts = []
        self.switch = Box("switch")
        # Without snooping, multicast reaches every port, as on the switches and access points of an event.
        self.switch.ip("link", "add", "switch", "type", "bridge", "mcast_snooping", "0", "forward_delay", "0")
        self.switch.ip("link", "set", "switch", "up")

    def host(self, hostname, plugged=True, dad=False):
        """A new host, on the network unless told otherwise. With `dad` its IPv6 addresses are tentative first."""
        host = Host(self, hostname, dad)
        self.hosts.append(host)
        if plugged:
            host.plug()
        return host

    def join(self, other):
        """A cable from this switch to another."""
        self.switch.ip(*f"link add trunk type veth peer name trunk netns {other.switch.pid}".split())
        for switch in self.switch, other.switch:
            switch.ip("link", "set", "trunk", "master", "switch", "up")

    def close(self):
        for box in [*self.hosts, self.switch]:
            box.close()


class Host(Box):
    def __init__(self, lan, hostname, dad):
        super().__init__(hostname, dad)
        self.lan = lan
        self.number = next(lan.numbers)

    @property
    def v4(self):
        return f"10.{self.lan.network}.0.{self.number}"

    @property
    def v6(self):
        return f"fd{self.lan.network}::{self.number}"

    def plug(self, interface="eth0", lan=None, addressed=True):
        """A cable from here to the switch (this host's own or another)."""
        lan = lan or self.lan
        port = self.port = f"port{next(lan.ports)}"
        lan.switch.ip(*f"link add {port} type veth peer name {interface} netns {self.pid}".split())
        lan.switch.ip("link", "set", port, "master", "switch", "up")
        self.ip("link", "set", interface, "up")
        if addressed:
            self.address(interface, lan)
        return interface

    def address(self, interface="eth0", lan=None):
        """Takes its addresses on an interface."""
        self.ip("-6", "address", "add", f"fd{(lan or self.lan).network}::{self.number}/64", "dev", interface)
        self.ip("-4", "address", "add", f"10.{(lan or self.lan).network}.0.{self.number}/24", "dev", interface)

    def moves(self):
        """Gets other addresses, as when the DHCP server thinks again. Link-local ones stay."""
        self.ip("-4", "address", "flush", "dev", "eth0")
        self.ip("-6", "address", "flush", "dev", "eth0", "scope", "global")
        self.number = next(self.lan.numbers)
        self.address()

    def unplug(self, interface="eth0"):
        self.ip("link", "delete", interface)

    def addresses(self, family, interface="eth0"):
        """What the interface has now, link-local addresses too."""
        words = self.ip(f"-{family}", "-oneline", "address", "show", "dev", interface).split()
        return {words[at + 1].split("/")[0] for at, word in enumerate(words) if word in ("inet", "inet6")}


def environment(variables=()):
    """What programs on hosts know: a place of their own, and of the hub's settings only those that are given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("COLAHUB_")}
    own = {"HOME": "/run/home", "TMPDIR": "/run/tmp", "XDG_RUNTIME_DIR": "/run", "LC_ALL": "C.UTF-8"}
    inherited.pop("DBUS_SESSION_BUS_ADDRESS", None)
    return {**inherited, **own, **dict(variables)}


def child_of(process):
    """The one child of a process of ours."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as children:
        return next(int(pid) for pid in children.read().split())


def set_network(pid):
    """Moves the calling thread into the network of a process (os.setns comes with Python 3.12)."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/proc/{pid}/ns/net") as network:
        if libc.setns(network.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "this thread cannot enter a network namespace")


def why_not():
    """Why no network can be made here, as a sentence; None where it can."""
    if os.geteuid() != 0:
        return "Network namespaces need root."
    for program in ("unshare", "nsenter", "ip", "mount"):
        if not shutil.which(program):
            return f"Network namespaces need the program {program} (on Debian: util-linux, iproute2, mount)."
    try:
        lan = Lan()
    except (RuntimeError, AssertionError, OSError, StopIteration) as error:
        return f"This system makes no network namespaces with a bridge: {error}"
    try:
        lan.host("trial")
    except (RuntimeError, AssertionError, OSError, StopIteration) as error:
        return f"This system joins no network namespaces: {error}"
    finally:
        lan.close()
    return None
