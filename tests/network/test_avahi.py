"""avahi-daemon is on the same machine, as on every Raspberry Pi."""

import re
import time
from pathlib import Path

from kit.finding import is_found, resolves
from kit.hub import SERVICES, Hub, eventually, get
from kit.judges import Avahi


def test_a_hub_starts_beside_avahi(lan, judges):
    pi = lan.host("raspberrypi")
    avahi = Avahi(pi)
    hub = Hub(pi)
    both_are_found(judges, hub, avahi)


def test_avahi_starts_beside_a_hub(lan, judges):
    pi = lan.host("raspberrypi")
    hub = Hub(pi)
    hub.is_announced_as("cola", "cola")
    avahi = Avahi(pi)
    both_are_found(judges, hub, avahi)
    avahi.stop()
    is_found(judges, hub)
    both_are_found(judges, hub, Avahi(pi))


def both_are_found(judges, hub, avahi):
    is_found(judges, hub)
    assert avahi.named() == "raspberrypi.local"
    for judge in judges:
        resolves(judge, "raspberrypi.local", hub.host)
    # The machine itself finds the hub too.
    assert hub.host.run("avahi-resolve", "-4", "-n", "cola.local").stdout.split() == ["cola.local", hub.host.v4]
    assert hub.announced()["name"] == "cola.local"


def test_where_avahi_forbids_others_the_hub_says_so_and_serves(lan, phone, judges, measured):
    pi = lan.host("raspberrypi")
    avahi = Avahi(pi, **{"disallow-other-stacks": "yes"})
    hub = Hub(pi)
    said = hub.becomes("not_announced")
    assert "avahi" in said["reason"] and "disallow-other-stacks" in said["reason"]
    assert said["name"] is None and said["instance"] is None
    assert get(phone, f"http://{pi.v4}:8080/api/hub")["data"]["announced"] == said
    avahi.stop()
    allowed = time.monotonic()
    hub.is_announced_as("cola", "cola", patience=60)
    measured("until a hub was announced after avahi no longer forbade it", time.monotonic() - allowed)
    is_found(judges, hub)


def test_the_machines_own_name_is_not_fought_over(lan, judges):
    pi = lan.host("cola")
    avahi = Avahi(pi)
    hub = Hub(pi)
    hub.is_announced_as("cola-2", "cola (2)")
    is_found(judges, hub, "cola-2", "cola (2)")
    assert avahi.named() == "cola.local"
    for judge in judges:
        resolves(judge, "cola.local", pi)


def test_avahi_that_starts_later_keeps_the_machines_name(lan, judges):
    pi = lan.host("cola")
    hub = Hub(pi)
    hub.is_announced_as("cola-2", "cola (2)")
    avahi = Avahi(pi)
    assert avahi.named() == "cola.local"
    is_found(judges, hub, "cola-2", "cola (2)")
    assert avahi.named() == "cola.local"


def test_avahi_announces_the_hub_by_the_documented_service_file(lan, judges):
    documentation = (Path(__file__).parents[2] / "docs/discovery.md").read_text()
    service = re.search(r"```xml\n(.*?)```", documentation, re.DOTALL)[1]
    pi = lan.host("raspberrypi")
    hub = Hub(pi, "--no-mdns", port=80)
    path = "<txt-record>txtvers=1</txt-record>"
    assert path in service
    Avahi(pi, service=service.replace(path, f"{path}<txt-record>id={hub.id}</txt-record>"))
    for judge in judges:
        for type in SERVICES:
            found = judge.finds(type, lambda service: service.instance == "cola")
            assert (found.host, found.port, found.txt["path"]) == ("raspberrypi.local", 80, "/")
    other = Hub(lan.host("two"))
    url = f"http://{pi.v4}"
    known = {"name": "cola", "id": hub.id, "version": "", "url": url, "host": "raspberrypi.local"}
    eventually(lambda: other.api("/api/hubs"), lambda seen: seen == [known])
