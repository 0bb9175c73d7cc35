"""A hub that starts is found."""

import time

from kit.finding import is_found
from kit.hub import Hub, get


def test_a_hub_is_found_within_five_seconds(lan, judges, phone, measured):
    pi = lan.host("raspberrypi")
    began = time.monotonic()
    hub = Hub(pi)
    left = 5 - (time.monotonic() - began)
    _, found = is_found(judges, hub, within=left)
    measured("found by both judges after the hub was started", time.monotonic() - began)
    about = hub.api("/api/hub")
    for judge in judges:
        assert found["_http._tcp", judge.name].txt == {"path": "/"}
        txt = found["_colahub._tcp", judge.name].txt
        assert txt == {"txtvers": "1", "version": about["version"], "id": about["id"], "path": "/"}
    assert about["announced"] == {"state": "announced", "name": "cola.local", "instance": "cola", "reason": None}
    # The name leads to the hub, by both IP versions.
    assert get(phone, f"http://{pi.v4}:8080/api/hub")["data"]["id"] == about["id"]
    assert get(phone, f"http://[{pi.v6}]:8080/api/hub")["data"]["id"] == about["id"]


def test_a_hub_has_the_name_and_the_port_it_was_given(lan, judges):
    hub = Hub(lan.host("pi"), name="Summer-Camp", port=80)
    name = hub.becomes("announced")["name"]
    assert name.lower() == "summer-camp.local"
    instance = hub.announced()["instance"]
    is_found(judges, hub, "summer-camp", instance)


def test_the_longest_name_is_found_and_so_is_its_second(lan, judges):
    longest = "c" * 58
    first = Hub(lan.host("one"), name=longest)
    first.is_announced_as(longest, longest)
    is_found(judges, first, longest, longest)
    second = Hub(lan.host("two"), name=longest)
    said = second.becomes("announced")
    assert said["name"].endswith("c-2.local") and said["instance"].endswith("c (2)")
    is_found(judges, second, said["name"].removesuffix(".local"), said["instance"])


def test_a_hub_that_shall_not_be_announced_says_nothing(lan, ear, judges):
    silent, loud = lan.host("silent"), lan.host("loud")
    off = Hub(silent, "--no-mdns")
    assert off.announced() == {"state": "off", "name": None, "instance": None, "reason": None}
    # The other started later, and is found: so would the first have been.
    is_found(judges, Hub(loud))
    off.stop()
    assert ear.from_host(silent) == []
    assert [source for source, _ in ear.packets if source in silent.addresses(4) | silent.addresses(6)] == []
