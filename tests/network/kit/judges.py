"""Who decides whether the hub is found: two programs that share no line with it, nor with each other.

Both give what they found in the same words, so a story can ask either.
"""

import logging
import re
import threading
import time
from contextlib import contextmanager
from typing import NamedTuple

import zeroconf

from kit.patience import PATIENCE, Waiting

# Of a host's every address, ::1 too, it says that nobody can be reached from there.
logging.getLogger("zeroconf").setLevel(logging.ERROR)

TIMED_OUT = 124  # the status of timeout(1) when it has stopped the program
LOOKS = 3

AVAHI = {
    "server": {"use-ipv4": "yes", "use-ipv6": "yes", "ratelimit-interval-usec": "1000000", "ratelimit-burst": "1000"},
    "publish": {"publish-hinfo": "no", "publish-workstation": "no"},
}


class Service(NamedTuple):
    """A service as it was resolved. avahi gives one address, of either IP version, zeroconf all."""

    instance: str
    type: str
    host: str
    port: int
    addresses: frozenset
    txt: dict


class Avahi:
    """avahi-daemon on a host, with the message bus that it wants."""

    def __init__(self, host, service=None, **server):
        """Runs it with these settings of its section `server`, and with a service file."""
        self.host = host
        sections = {**AVAHI, "server": {**AVAHI["server"], **server}}
        lines = [
            line
            for section, keys in sections.items()
            for line in [f"[{section}]", *(f"{key}={value}" for key, value in keys.items())]
        ]
        host.write("/etc/avahi/avahi-daemon.conf", "\n".join(lines) + "\n")
        host.run("mkdir", "-p", "/etc/avahi/services")
        if service:
            host.write("/etc/avahi/services/colahub.service", service)
        if not hasattr(host, "bus"):
            host.bus = host.start("dbus-daemon", "--system", "--nofork", "--nopidfile", "--print-address")
            host.bus.says(lambda line: line.startswith("unix:"))
        self.process = host.start("avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "--no-proc-title")
        self.process.says(lambda line: "Server startup complete" in line)

    def named(self):
        """The host name that it announces, which is not the wished one after a conflict."""
        answer = self.host.run(
            *"dbus-send --system --print-reply=literal --dest=org.freedesktop.Avahi /".split(),
            "org.freedesktop.Avahi.Server.GetHostNameFqdn",
        )
        return answer.stdout.strip()

    def publish(self, instance, type, port, *texts):
        """Announces a service by avahi-publish, until that is stopped."""
        publisher = self.host.start("avahi-publish", "--service", instance, type, port, *texts)
        publisher.says(lambda line: "Established" in line)
        return publisher

    def stop(self):
        self.process.signal(15)
        self.process.wait()


class AvahiJudge:
    """avahi's own tools, on a host with avahi-daemon: what Linux desktops see."""

    name, gives_one_address = "avahi", True

    def __init__(self, host):
        self.host = host
        self.avahi = Avahi(host)

    def address(self, name, family):
        """The address of a name, as `avahi-resolve` finds it; None when it gives up, after 5 s."""
        done = self.host.run("avahi-resolve", f"-{family}", "-n", name, check=False)
        found = re.search(r"\t(\S+)$", done.stdout.strip())
        return found[1].split("%")[0] if found else None

    def services(self, type):
        """All that are announced and can be resolved."""
        # avahi-browse never ends if a service goes while it resolves it: its count of what is still to be resolved
        # stays. So a browser that does not end is stopped, and another one looks.
        for _ in range(LOOKS):
            done = self.host.run("timeout", PATIENCE, "avahi-browse", "-kprt", type, check=False)
            if done.returncode != TIMED_OUT:
                break
        assert done.returncode == 0, f"avahi-browse ended with {done.returncode}: {done.stdout}{done.stderr}"
        return merged(self._parsed(done.stdout.splitlines()))

    def finds(self, type, fits, within=None):
        """Waits for a service that fits."""
        waiting = Waiting(within=within)
        while True:
            browser = self.host.start("avahi-browse", "-kpr", type)

            def fitting(_):
                return next(filter(fits, merged(self._parsed(browser.lines[:]))), None)

            try:
                # It resolves a service once: what changes is seen by another.
                return browser.says(fitting, patience=2, within=within and min(2, waiting.left))
            except AssertionError:
                if not waiting.goes_on(sorted(browser.lines)):
                    raise
            finally:
                browser.kill()

    def _parsed(self, lines):
        for line in lines:
            if line.startswith("="):
                _, _, _, instance, type, _, host, address, port, txt = line.split(";", 9)
                texts = [text.partition("=") for text in re.findall(r'"([^"]*)"', txt)]
                yield Service(
                    re.sub(r"\\(\d{3})", lambda code: chr(int(code[1])), instance).replace("\\.", "."),
                    type,
                    host.lower(),
                    int(port),
                    frozenset([address.split("%")[0]]),
                    {key: value for key, _, value in texts},
                )


def merged(services):
    """One for each instance and host, with the addresses of all."""
    together = {}
    for service in services:
        key = service.instance, service.host, service.port
        known = together.get(key)
        addresses = service.addresses | (known.addresses if known else frozenset())
        together[key] = service._replace(addresses=addresses)
    return list(together.values())


class ZeroconfJudge:
    """python-zeroconf, on a host without avahi. Each question starts anew, with an empty memory."""

    name, gives_one_address = "zeroconf", False

    def __init__(self, host):
        self.host = host

    def address(self, name, family):
        """The address of a name; None when nobody answered for 5 s."""
        resolver = zeroconf.AddressResolverIPv4 if family == 4 else zeroconf.AddressResolverIPv6
        wanted = zeroconf.IPVersion.V4Only if family == 4 else zeroconf.IPVersion.V6Only
        with self._client() as client:
            info = resolver(f"{name}.")
            info.request(client, 5000)
            return next((address.split("%")[0] for address in info.parsed_addresses(wanted)), None)

    def services(self, type, listens=2.0):
        """All that answer within a while and can be resolved."""
        with self._browse(type) as browse:
            time.sleep(listens)
            return browse.resolved()

    def finds(self, type, fits, within=None):
        """Waits for a service that fits."""
        waiting = Waiting(within=within)
        with self._browse(type) as browse:
            while not (found := next(filter(fits, resolved := browse.resolved()), None)):
                assert waiting.goes_on(resolved), f"zeroconf: {waiting}; it found: {resolved}"
                browse.changed.wait(min(waiting.left, 0.2))
            return found

    @contextmanager
    def _browse(self, type):
        with self._client() as client:
            yield Browse(client, f"{type}.local.")

    def _client(self):
        return self.host.inside(lambda: zeroconf.Zeroconf(ip_version=zeroconf.IPVersion.All))


class Browse(zeroconf.ServiceListener):
    """What one zeroconf client knows of a type."""

    def __init__(self, client, type):
        self.client, self.type = client, type
        self.names = set()
        self.changed = threading.Event()
        client.add_service_listener(type, self)

    def add_service(self, _, type, name):
        self.names.add(name)
        self.changed.set()

    def update_service(self, _, type, name):
        self.changed.set()

    def remove_service(self, _, type, name):
        self.names.discard(name)
        self.changed.set()

    def resolved(self):
        self.changed.clear()
        infos = [zeroconf.ServiceInfo(self.type, name) for name in sorted(self.names)]
        return [self._service(info) for info in infos if info.request(self.client, 1000)]

    def _service(self, info):
        return Service(
            info.name.removesuffix(f".{self.type}"),
            self.type.removesuffix(".local."),
            info.server.removesuffix(".").lower(),
            info.port,
            frozenset(address.split("%")[0] for address in info.parsed_addresses()),
            {key.decode(): (value or b"").decode() for key, value in info.properties.items()},
        )
