"""What is in the air: raw mDNS, heard and said without any library's help."""

import ipaddress
import select
import socket
import threading
import time
from itertools import islice
from typing import NamedTuple

from kit import dns
from kit.patience import PATIENCE, Waiting

PORT = 5353
A_PACKET = 12  # records, which stay within an Ethernet frame
GROUPS = {4: "224.0.0.251", 6: "ff02::fb"}


class Heard(NamedTuple):
    at: float  # time.monotonic()
    source: str  # the address of who sent it
    record: dns.Record


def open_socket(family, interface):
    """A socket of the mDNS port on an interface, in the network of the calling thread."""
    index = socket.if_nametoindex(interface)
    sock = socket.socket(socket.AF_INET if family == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    group = ipaddress.ip_address(GROUPS[family]).packed
    if family == 4:
        sock.bind(("0.0.0.0", PORT))
        member = group + bytes(4) + index.to_bytes(4, "little")
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, member)
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("::", PORT))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group + index.to_bytes(4, "little"))
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    return sock


class Ear:
    """Hears every mDNS packet that reaches a host, and asks questions of its own."""

    def __init__(self, host, interface="eth0"):
        self.heard = []  # every record, in order
        self.packets = []  # (source, Message)
        self.changed = threading.Condition()
        self.sockets = {family: host.inside(open_socket, family, interface) for family in GROUPS}
        self.closed = False
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        while not self.closed:
            for ready in select.select(list(self.sockets.values()), [], [], 0.2)[0]:
                packet, source = ready.recvfrom(9000)
                self._take(packet, source[0].split("%")[0])

    def _take(self, packet, source):
        try:
            message = dns.parse(packet)
        except ValueError:
            return
        now = time.monotonic()
        with self.changed:
            self.packets.append((source, message))
            # What a query carries is what its sender knows or wants, and says nothing.
            if message.answers:
                self.heard += [Heard(now, source, record) for record in message.records]
            self.react(source, message)
            self.changed.notify_all()

    def react(self, source, message):
        """For those who do more than listen."""

    def send(self, packet, family=4):
        self.sockets[family].sendto(packet, (GROUPS[family], PORT))

    def ask(self, name, type, fits=lambda record: True, family=4):
        """Asks everybody, by multicast, until an answer comes that fits. Gives that.

        Once is not enough: what was said within the last second may stay unanswered (RFC 6762, section 6).
        """
        asked, waiting = time.monotonic(), Waiting()
        while True:
            self.send(dns.message([(name, type)]), family)
            try:
                return self.hears(
                    lambda heard: heard.record[:2] == (name, type) and fits(heard.record), within=1, since=asked
                ).record
            except AssertionError:
                if not waiting.goes_on(len(self.heard)):
                    raise

    def hears(self, fits, within=None, since=0.0):
        """Waits for a record that fits and came after `since`, while others come. Gives it."""
        waiting = Waiting(within=within)

        def found():
            return next((heard for heard in self.heard if heard.at >= since and fits(heard)), None)

        with self.changed:
            while not (found_one := found()) and waiting.goes_on(len(self.heard)):
                self.changed.wait(waiting.left)
        assert found_one, f"this was not heard; heard: {self.heard[-20:]}"
        return found_one

    def from_host(self, host, since=0.0):
        """All records that came from a host's addresses, as it has them now."""
        ours = host.addresses(4) | host.addresses(6)
        return [heard.record for heard in self.heard if heard.source in ours and heard.at >= since]

    def close(self):
        self.closed = True
        self.thread.join(PATIENCE)
        for sock in self.sockets.values():
            sock.close()


class Impostor(Ear):
    """Answers questions about names with records of its own, asking nobody first."""

    def __init__(self, host, interface="eth0"):
        self.claims = []
        super().__init__(host, interface)

    def claim(self, *records):
        """From now on it says so, unasked first."""
        self.claims += records
        self._say(records)

    def react(self, source, message):
        if not message.answers:
            asked = [(name, type) for name, type in message.questions]
            self._say([claim for claim in self.claims if matches(claim, asked)])

    def _say(self, records):
        for some in batched(records, A_PACKET):
            for family in self.sockets:
                self.send(dns.message(answers=some), family)


def matches(record, questions):
    return any(name == record.name and type in (record.type, dns.ANY) for name, type in questions)


def batched(records, size):
    records = iter(records)
    while some := list(islice(records, size)):
        yield some
