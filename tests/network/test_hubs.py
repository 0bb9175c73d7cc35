"""Hubs know of each other, and believe strangers nothing."""

import json
import time
import uuid

from kit import dns
from kit.air import Impostor
from kit.hub import PROGRAM, Hub, eventually

MOST = 64  # hubs that are listed


def listed(hub):
    return hub.api("/api/hubs")


def line(hub, name, instance):
    """How another hub stands in the list."""
    about = hub.api("/api/hub")
    url = f"http://{hub.host.v4}:8080"
    return {"name": instance, "id": about["id"], "version": about["version"], "url": url, "host": f"{name}.local"}


def test_hubs_list_each_other_and_not_themselves(lan, phone):
    one = Hub(lan.host("one"))
    one.is_announced_as("cola", "cola")
    two = Hub(lan.host("two"))
    two.is_announced_as("cola-2", "cola (2)")
    camp = Hub(lan.host("three"), name="camp")
    camp.is_announced_as("camp", "camp")
    lines = [line(camp, "camp", "camp"), line(one, "cola", "cola"), line(two, "cola-2", "cola (2)")]
    eventually(lambda: listed(camp), lambda seen: seen == lines[1:])
    eventually(lambda: listed(one), lambda seen: seen == [lines[0], lines[2]])
    eventually(lambda: listed(two), lambda seen: seen == lines[:2])

    # A machine without a hub finds them all.
    found = json.loads(phone.run(PROGRAM, "discover", "--json").stdout)
    assert found == lines
    shown = phone.run(PROGRAM, "discover").stdout
    for hub in lines:
        assert hub["name"] in shown and hub["url"] in shown

    # A hub that says goodbye is gone at once; a renamed one is listed by its new name.
    camp.stop()
    eventually(lambda: listed(one), lambda seen: seen == [lines[2]])


def test_a_machine_alone_finds_no_hub(phone):
    done = phone.run(PROGRAM, "discover", "--json", check=False)
    assert json.loads(done.stdout) == []


def announcement(instance, host, address, port=8080, txt=None):
    """The records of a hub that is none."""
    full = f"{instance}._colahub._tcp.local"
    texts = {"txtvers": "1", "version": "0.1.0", "id": str(uuid.uuid4()), "path": "/"} if txt is None else txt
    return [
        dns.Record("_colahub._tcp.local", dns.PTR, 4500, full),
        dns.Record(full, dns.SRV, 120, (f"{host}.local", port)),
        dns.Record(full, dns.TXT, 4500, texts),
        dns.Record(f"{host}.local", dns.A, 120, address),
    ]


def test_what_strangers_announce_is_checked(lan):
    pi, mallory = lan.host("pi"), lan.host("mallory")
    hub = Hub(pi)
    hub.becomes("announced")
    impostor = Impostor(mallory)
    good = str(uuid.uuid4())
    hostile = [
        announcement("no-id", "m1", mallory.v4, txt={"txtvers": "1"}),
        announcement("bad-id", "m2", mallory.v4, txt={"id": "../../etc/passwd"}),
        announcement("broken", "m3", mallory.v4, txt=b"\xff" + b"id=" + b"x" * 20),
        announcement("elsewhere", "m4", "203.0.113.9"),
        announcement("this-machine", "m5", "127.0.0.1"),
        announcement("no-port", "m6", mallory.v4, port=0),
        announcement("turned\u202egnp", "m7", mallory.v4),
        announcement("line\nbreak", "m8", mallory.v4),
        announcement("markup", 'm9"><script>', mallory.v4),
        announcement("yourself", "m10", mallory.v4, txt={"id": hub.id}),
    ]
    for records in hostile:
        impostor.claim(*records)
    markup = "<img src=x onerror=alert(1)>"
    version = "9" * 100 + "\x1b[31m"
    impostor.claim(*announcement(markup, "m11", mallory.v4, txt={"id": good, "version": version, "path": "//evil"}))
    # It came last. Only the last two have an id, an address of this network and a name that can be shown.
    seen = eventually(lambda: listed(hub), lambda seen: any(other["id"] == good for other in seen))
    url = f"http://{mallory.v4}:8080"
    copy = {"name": "yourself", "id": hub.id, "version": "", "url": url, "host": "m10.local"}
    assert seen == [{"name": markup, "id": good, "version": "", "url": url, "host": "m11.local"}, copy]
    assert hub.announced()["name"] == "cola.local"
    impostor.close()


def test_a_thousand_hubs_do_not_push_out_the_one_that_is_known(lan):
    pi, mallory = lan.host("pi"), lan.host("mallory")
    hub, friend = Hub(pi), Hub(lan.host("other"), name="friend")
    known = line(friend, "friend", "friend")
    eventually(lambda: listed(hub), lambda seen: seen == [known])
    impostor = Impostor(mallory)
    for n in range(1000):
        impostor.claim(*announcement(f"fake {n}", f"fake-{n}", mallory.v4))
        if n % 20 == 0:
            # What one packet after another says is heard; what a socket's buffer cannot hold is not, and what comes all at
            # once is a flood, after which the hub hears everybody again.
            time.sleep(0.05)
            hub.api("/api/hub")
    eventually(lambda: listed(hub), lambda seen: len(seen) >= MOST)
    seen = listed(hub)
    assert len(seen) == MOST and known in seen, hub.process.said
    impostor.close()
