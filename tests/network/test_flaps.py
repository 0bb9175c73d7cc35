"""The network goes for a moment and comes back: a cable is pulled, Wi-Fi drops, DHCP thinks again."""

import threading
import time

import pytest

from kit import dns
from kit.hub import Hub

BACK = 5  # seconds within which the name is answered again
WATCHED = 12  # seconds for which it has to stay so
SPANS = 1, 10  # seconds without a network


def no_ipv6(host):
    """A machine on which IPv6 is turned off."""
    for interfaces in "all", "default":
        host.run("sh", "-c", f"echo 1 >/proc/sys/net/ipv6/conf/{interfaces}/disable_ipv6")


class Flaps:
    """The ways in which eth0 of a host can go and come back. Each gives what brings it back."""

    def __init__(self, lan, host, families):
        self.lan, self.host, self.families = lan, host, families
        self.plug()

    def plug(self):
        self.host.plug(addressed=False)
        self.address()

    def address(self, families=None):
        for family in families or self.families:
            prefix, address = {4: (24, self.host.v4), 6: (64, self.host.v6)}[family]
            self.host.ip(f"-{family}", "address", "replace", f"{address}/{prefix}", "dev", "eth0")

    def link(self):
        self.host.ip("link", "set", "eth0", "down")

        def back():
            self.host.ip("link", "set", "eth0", "up")
            self.address()  # IPv6 addresses go with the link

        return back

    def carrier(self):
        """Gone at the other end of the cable."""
        self.lan.switch.ip("link", "set", self.host.port, "down")
        return lambda: self.lan.switch.ip("link", "set", self.host.port, "up")

    def cable(self):
        self.host.unplug()
        return self.plug

    def addresses(self):
        for family in self.families:
            self.host.ip(f"-{family}", "address", "flush", "dev", "eth0")
        return self.address

    def ipv4(self):
        self.host.ip("-4", "address", "flush", "dev", "eth0")
        return lambda: self.address([4])

    def ipv6(self):
        """Its link-local address too, as where NetworkManager sets IPv6 up again."""
        self.host.ip("-6", "address", "flush", "dev", "eth0")

        def back():
            self.host.ip("-6", "address", "add", f"fe80::77:{self.host.number}/64", "dev", "eth0")
            self.address([6])

        return back


class Asker:
    """Asks for a name's addresses all the time, over both families."""

    def __init__(self, ear, name):
        self.ear, self.name = ear, name
        self.thread = threading.Thread(target=self._ask, daemon=True)
        self.thread.start()

    def _ask(self):
        while not self.ear.closed:
            for family in 4, 6:
                self.ear.send(dns.message([(self.name, dns.A), (self.name, dns.AAAA)]), family)
            time.sleep(0.3)

    def silence(self, type, family, since):
        """The longest time without an answer, from `since` until now."""
        answers = [
            heard.at
            for heard in list(self.ear.heard)
            if heard.record[:2] == (self.name, type)
            and heard.record.ttl > 0
            and (":" in heard.source) == (family == 6)
            and heard.at > since
        ]
        times = [since, *answers, time.monotonic()]
        return max(later - earlier for earlier, later in zip(times, times[1:]))


@pytest.mark.parametrize("families", [(4, 6), (4,)], ids=["with IPv6", "without IPv6"])
@pytest.mark.parametrize("way", ["link", "carrier", "cable", "addresses", "ipv4", "ipv6"])
def test_after_a_flap_the_name_is_soon_answered_again(lan, ear, measured, way, families):
    if way == "ipv6" and 6 not in families:
        pytest.skip("a host without IPv6 has none to lose")
    pi = lan.host("pi", plugged=False, dad=True)
    if 6 not in families:
        no_ipv6(pi)
    flaps = Flaps(lan, pi, families)
    hub = Hub(pi)
    hub.is_announced_as("cola", "cola")
    asker = Asker(ear, "cola.local")
    for span in SPANS:
        bring_back = getattr(flaps, way)()
        time.sleep(span)
        bring_back()
        back = time.monotonic()
        time.sleep(WATCHED)
        kinds = [(type, family) for type in (dns.A, dns.AAAA)[: len(families)] for family in families]
        silences = {(dns.TYPES[type], f"over IPv{family}"): asker.silence(type, family, back) for type, family in kinds}
        measured(f"without an answer after {span} s without {way}, IPv6 {'on' if 6 in families else 'off'}", max(silences.values()))
        assert max(silences.values()) < BACK, f"{way}, {span} s: {silences}; {hub.process.said}"
        assert hub.announced()["name"] == "cola.local"
