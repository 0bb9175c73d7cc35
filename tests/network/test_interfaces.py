"""Interfaces come, go and change."""

import time

import pytest

from kit import dns
from kit.air import Ear
from kit.finding import is_found
from kit.hub import Hub, get
from kit.judges import ZeroconfJudge

FOLLOWED = 5  # seconds, for a promise of 3


def test_without_a_network_the_hub_says_so_and_a_late_one_is_followed(lan, judges, measured):
    pi = lan.host("pi", plugged=False, dad=True)
    hub = Hub(pi)
    assert "interface" in hub.becomes("not_announced")["reason"]
    assert hub.announced()["name"] is None
    pi.plug()
    took, _ = is_found(judges, hub, within=FOLLOWED)
    measured("found after a late interface got its address", took)
    hub.is_announced_as("cola", "cola")
    assert hub.announced()["reason"] is None
    pi.unplug()
    assert "interface" in hub.becomes("not_announced")["reason"]


def test_a_changed_address_is_followed_and_the_old_one_gone(lan, judges, ear, phone, measured):
    pi = lan.host("pi")
    hub = Hub(pi)
    is_found(judges, hub)
    old = pi.v4, pi.v6
    pi.moves()
    moved = time.monotonic()
    ear.hears(lambda heard: heard.record.data == pi.v4 and heard.record.ttl > 0, FOLLOWED, since=moved)
    ear.hears(lambda heard: heard.record.data == pi.v6 and heard.record.ttl > 0, FOLLOWED, since=moved)
    measured("until changed addresses were announced", time.monotonic() - moved)
    is_found(judges, hub)
    asked = time.monotonic()
    for family in 4, 6:
        ear.ask("cola.local", dns.A, lambda record: record.data == pi.v4, family)
        ear.ask("cola.local", dns.AAAA, lambda record: record.data == pi.v6, family)
    stale = [record for record in ear.from_host(pi, asked) if record.ttl > 0 and record.data in old]
    assert stale == []
    assert hub.announced()["name"] == "cola.local"
    assert get(phone, f"http://{pi.v4}:8080/api/hub")["data"]["id"] == hub.id


def test_an_interface_that_went_and_came_again_is_used_again(lan, judges):
    pi = lan.host("pi")
    hub = Hub(pi)
    is_found(judges, hub)
    pi.unplug()
    hub.becomes("not_announced")
    pi.plug()
    is_found(judges, hub, within=FOLLOWED)
    hub.is_announced_as("cola", "cola")


def test_a_hub_on_two_networks_is_found_on_each_by_its_address_there(lan, wifi, judges):
    pi = lan.host("pi")
    pi.plug("wlan0", wifi)
    hub = Hub(pi)
    is_found(judges, hub)
    is_found([ZeroconfJudge(wifi.host("tablet"))], hub, interface="wlan0")


def test_a_second_network_that_comes_later_is_followed(lan, wifi, judges):
    pi = lan.host("pi")
    hub = Hub(pi)
    is_found(judges, hub)
    pi.plug("wlan0", wifi)
    is_found([ZeroconfJudge(wifi.host("tablet"))], hub, interface="wlan0", within=FOLLOWED)
    is_found(judges, hub)


def test_interfaces_of_containers_are_left_out(lan, wifi, phone):
    pi = lan.host("pi")
    pi.plug("docker0", wifi)
    ear, inner_ear = Ear(phone), Ear(wifi.host("container"))
    hub = Hub(pi)
    is_found([ZeroconfJudge(phone)], hub)
    hub.stop()
    ear.hears(lambda heard: heard.record.ttl == 0)
    # Its goodbye is the last that it says: there it said nothing at all.
    assert inner_ear.packets == []
    ear.close()
    inner_ear.close()


@pytest.mark.parametrize(
    "settings",
    [
        {"COLAHUB_NETWORK_ONLY": "docker*"},
        {"COLAHUB_NETWORK_SKIP": "eth*"},
    ],
)
def test_the_host_chooses_the_interfaces(lan, wifi, phone, settings):
    pi = lan.host("pi")
    pi.plug("docker0", wifi)
    container = wifi.host("container")
    ear, inner_ear = Ear(phone), Ear(container)
    hub = Hub(pi, **settings)
    is_found([ZeroconfJudge(container)], hub, interface="docker0")
    hub.stop()
    inner_ear.hears(lambda heard: heard.record.ttl == 0)
    assert ear.packets == []
    ear.close()
    inner_ear.close()
