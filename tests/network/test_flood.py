"""Somebody fills the network with mDNS."""

import ipaddress
import itertools
import time
import uuid

import pytest

from kit import dns
from kit.air import A_PACKET, GROUPS, PORT, batched, open_socket
from kit.finding import is_found
from kit.hub import Hub, eventually
from kit.judges import AvahiJudge, ZeroconfJudge

RECORDS = 100_000
GROWTH = 16 * 1024 * 1024  # bytes
SECONDS = 10  # the flood lasts so long, or longer on a slow machine


def hosts():
    """Addresses of hosts that are not there."""
    for n in itertools.count():
        yield dns.Record(f"flood-{n}-{uuid.uuid4().hex}.local", dns.A, 4500, str(ipaddress.ip_address(0x0A4D8000 + n)))


def services(type):
    """Services that are not there."""
    for n in itertools.count():
        full = f"flood {n} {uuid.uuid4().hex}.{type}.local"
        yield dns.Record(f"{type}.local", dns.PTR, 4500, full)
        yield dns.Record(full, dns.SRV, 4500, (f"flood-{n}.local", 80))
        yield dns.Record(full, dns.TXT, 4500, {"txtvers": "1", "id": str(uuid.uuid4()), "x": "y" * 100})
        yield dns.Record(f"flood-{n}.local", dns.A, 4500, str(ipaddress.ip_address(0x0A4D8000 + n)))


def flood(host, records):
    """Says so many records at an even pace. Gives the seconds it took."""
    sock = host.inside(open_socket, 4, "eth0")
    began = time.monotonic()
    for sent, some in enumerate(batched(itertools.islice(records, RECORDS), A_PACKET)):
        sock.sendto(dns.message(answers=some), (GROUPS[4], PORT))
        ahead = sent * A_PACKET / RECORDS * SECONDS - (time.monotonic() - began)
        if ahead > 0:
            time.sleep(ahead)
    sock.close()
    return time.monotonic() - began


def packets(host):
    """How many came in so far."""
    return int(host.run("cat", "/sys/class/net/eth0/statistics/rx_packets").stdout)


@pytest.mark.parametrize(
    "what, records",
    [
        ("hosts", hosts),
        ("hubs", lambda: services("_colahub._tcp")),
        ("other services", lambda: services("_ipp._tcp")),
    ],
)
def test_a_flood_does_not_fill_the_memory_and_the_name_resolves_after_it(lan, what, records, measured):
    pi, mallory = lan.host("pi"), lan.host("mallory")
    hub = Hub(pi)
    hub.is_announced_as("cola", "cola")
    before = hub.process.memory("VmRSS")
    arrived = packets(pi)
    took = flood(mallory, records())
    assert packets(pi) - arrived >= RECORDS / A_PACKET
    grown = hub.process.memory("VmHWM") - before
    measured(f"more memory at most, in a flood of {RECORDS:,} records of {what} in {took:.0f} s", grown / 2**20, "MiB")
    assert grown <= GROWTH
    # The judges join late: it is the hub that is to stand the flood.
    is_found([AvahiJudge(lan.host("desktop")), ZeroconfJudge(lan.host("phone"))], hub)
    hub.is_announced_as("cola", "cola")
    assert hub.process.memory("VmHWM") - before <= GROWTH


def phone_records(n):
    """What one phone of a crowd says when it comes: its IPv4 address, and three for IPv6."""
    name = f"phone-{n}.local"
    yield dns.Record(name, dns.A, 120, str(ipaddress.ip_address("10.77.1.0") + n))
    for network in range(3):
        yield dns.Record(name, dns.AAAA, 120, f"fd77:{network}::{n + 1:x}")


def test_a_thousand_phones_are_no_flood(lan):
    pi, field = lan.host("pi"), lan.host("field")
    hub = Hub(pi)
    hub.is_announced_as("cola", "cola")
    sock = field.inside(open_socket, 4, "eth0")
    for n in range(1000):
        sock.sendto(dns.message(answers=list(phone_records(n))), (GROUPS[4], PORT))
        time.sleep(0.01)  # they come within ten seconds, which is fast for a crowd
    sock.close()
    # One that comes last is listed when all before it were heard.
    friend = Hub(lan.host("table"), name="friend")
    eventually(lambda: hub.api("/api/hubs"), lambda seen: [other["id"] for other in seen] == [friend.id])
    assert not any("flooded" in line for line in hub.process.lines)
    hub.is_announced_as("cola", "cola")
