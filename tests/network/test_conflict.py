"""Two hubs, one name."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit import dns
from kit.air import Impostor
from kit.finding import is_found, resolves
from kit.hub import PROGRAM, SERVICES, Hub, eventually
from kit.lan import Lan

FIRST, SECOND = ("cola", "cola"), ("cola-2", "cola (2)")
NOTICED = 150  # seconds: a name that is announced is looked up every minute


@pytest.fixture
def two(lan):
    """A hub, and one that came later."""
    first = Hub(lan.host("one"))
    first.is_announced_as(*FIRST)
    second = Hub(lan.host("two"))
    second.is_announced_as(*SECOND)
    return first, second


def test_the_second_hub_has_another_name_in_all_its_records(two, judges, ear):
    first, second = two
    is_found(judges, first, *FIRST)
    is_found(judges, second, *SECOND)
    assert {hub.instance for hub in judges[1].services("_colahub._tcp")} == {"cola", "cola (2)"}
    second.process.says(lambda line: "cola-2.local" in line)
    assert "cola-2.local" in second.host.run(PROGRAM, "status", "--data-dir", "/run/hub").stdout
    # Asked for everything either could answer to, nobody speaks for the other.
    for hub, (name, instance) in (first, FIRST), (second, SECOND):
        host = hub.host
        assert ear.ask(f"{name}.local", dns.A).data == host.v4
        assert ear.ask(f"{name}.local", dns.AAAA, lambda record: not record.data.startswith("fe80")).data == host.v6
        for type in SERVICES:
            full = f"{instance}.{type}.local"
            ear.ask(f"{type}.local", dns.PTR, lambda record: record.data == full)
            assert ear.ask(full, dns.SRV).data == (f"{name}.local", 8080)
            assert ear.ask(full, dns.TXT).data.get("id") == (hub.id if type == "_colahub._tcp" else None)
        own = {f"{type}.local" for type in SERVICES} | {"_services._dns-sd._udp.local", f"{name}.local"}
        own |= {f"{instance}.{type}.local" for type in SERVICES}
        said = {record.name for record in ear.from_host(host) if not record.name.endswith(".arpa")}
        assert said <= own, f"{name} spoke for {said - own}"


def test_the_new_name_is_kept_over_restarts_and_while_the_first_is_away(two, judges):
    first, second = two
    second.stop()
    second.start()
    second.is_announced_as(*SECOND)
    first.stop()
    second.kill()
    second.start()
    second.is_announced_as(*SECOND)
    is_found(judges, second, *SECOND)
    first.start()
    first.is_announced_as(*FIRST)
    is_found(judges, first, *FIRST)


def test_hubs_that_start_at_one_moment_all_get_names(lan, judges):
    hosts = [lan.host(f"pi{n}") for n in range(3)]
    with ThreadPoolExecutor() as pool:
        hubs = list(pool.map(Hub, hosts))

    def settled(names):
        return None not in names and len(set(names)) == len(hubs) and "cola.local" in names

    # They take turns where they collide. Which numbers they get does not matter, but one has the plain name.
    eventually(lambda: [hub.announced()["name"] for hub in hubs], settled, 45)
    for hub in hubs:
        said = hub.announced()
        is_found(judges, hub, said["name"].removesuffix(".local"), said["instance"])


def test_of_two_networks_that_become_one_one_hub_is_renamed(lan, judges, measured):
    other = Lan(first=101)
    try:
        here, there = Hub(lan.host("here")), Hub(other.host("there"))
        here.is_announced_as(*FIRST)
        there.is_announced_as(*FIRST)
        lan.join(other)
        joined = time.monotonic()
        names = {"cola.local", "cola-2.local"}
        eventually(lambda: {here.announced()["name"], there.announced()["name"]}, lambda seen: seen == names, NOTICED)
        measured("until one of two hubs of one name was renamed when their networks met", time.monotonic() - joined)
        for hub in here, there:
            said = hub.announced()
            is_found(judges, hub, said["name"].removesuffix(".local"), said["instance"])
    finally:
        other.close()


def test_a_device_that_takes_the_name_later_is_noticed(lan, judges, measured):
    hub = Hub(lan.host("pi"))
    hub.is_announced_as(*FIRST)
    toaster = lan.host("toaster")
    impostor = Impostor(toaster)
    began = time.monotonic()
    impostor.claim(
        dns.Record("cola.local", dns.A, 120, toaster.v4),
        dns.Record("cola.local", dns.AAAA, 120, toaster.v6),
    )
    hub.is_announced_as(*SECOND, patience=NOTICED)
    measured("until a hub evaded a device that took its name without asking", time.monotonic() - began)
    is_found(judges, hub, *SECOND)
    resolves(judges[1], "cola.local", toaster)
    impostor.close()


@pytest.mark.long
def test_the_wished_name_is_taken_back_when_it_is_free_for_good(two, judges, measured):
    first, second = two
    first.stop()
    began = time.monotonic()
    second.is_announced_as(*FIRST, patience=20 * 60)
    measured("until the wished name was taken back", time.monotonic() - began)
    is_found(judges, second, *FIRST)
    # The hub that returns now is the second.
    first.start()
    first.is_announced_as(*SECOND)
