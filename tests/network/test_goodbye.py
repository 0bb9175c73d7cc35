"""The end of a hub, and its return."""

import time

from kit import dns
from kit.finding import is_found
from kit.hub import Hub, eventually


def test_a_hub_that_stops_takes_all_its_records_back_within_three_seconds(lan, judges, ear, measured):
    pi = lan.host("pi")
    hub = Hub(pi)
    is_found(judges, hub)
    told = {(name, type, str(data)) for name, type, _, data in ear.from_host(pi) if is_own(name, type)}
    stopped = time.monotonic()
    hub.stop()

    def left():
        gone = {(name, type, str(data)) for name, type, ttl, data in ear.from_host(pi, stopped) if ttl == 0}
        return told - gone

    eventually(left, lambda left: left == set(), within=3)
    measured("until all records were taken back", time.monotonic() - stopped)
    types = {type for _, type, _ in told}
    assert types == {dns.A, dns.AAAA, dns.PTR, dns.SRV, dns.TXT}
    for judge in judges:
        eventually(lambda: judge.services("_colahub._tcp"), lambda found: found == [])
    assert judges[1].address("cola.local", 4) is None


def is_own(name, type):
    """What only this hub says; reverse names and the list of types are not withdrawn."""
    return type != dns.NSEC and not name.endswith(".arpa") and name != "_services._dns-sd._udp.local"


def test_a_hub_that_was_killed_returns_with_the_same_name(lan, judges, ear):
    hub = Hub(lan.host("pi"))
    is_found(judges, hub)
    hub.kill()
    hub.start()
    hub.is_announced_as("cola", "cola")
    is_found(judges, hub)
    assert not [heard for heard in ear.heard if "cola-2" in heard.record.name]


def test_a_hub_that_was_killed_returns_with_the_same_name_at_another_address(lan, judges, ear):
    pi = lan.host("pi")
    hub = Hub(pi)
    is_found(judges, hub)
    hub.kill()
    pi.moves()
    hub.start()
    hub.is_announced_as("cola", "cola")
    is_found(judges, hub)
    assert not [heard for heard in ear.heard if "cola-2" in heard.record.name]
