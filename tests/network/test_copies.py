"""A card that is a copy of another's: two hubs with one id."""

import json
import shutil

import pytest

from kit.hub import PROGRAM, Hub, eventually
from kit.lan import Lan

FOLDER = "/run/hub"
NOTICED = 150  # seconds: a name that is announced is looked up every minute


@pytest.fixture
def cards(lan):
    """Two machines, the second with a copy of what a hub on the first has kept."""
    return copied(lan.host("one"), lan.host("two"))


def copied(one, two):
    hub = Hub(one)
    hub.becomes("announced")
    hub.stop()
    shutil.copytree(f"/proc/{one.pid}/root{FOLDER}", f"/proc/{two.pid}/root{FOLDER}")
    return one, two


def others(hub):
    return [other["host"] for other in hub.api("/api/hubs")]


def run(hub, *command, check=True):
    return hub.host.run(PROGRAM, *command, "--data-dir", FOLDER, check=check).stdout


def doctor(hub):
    findings = json.loads(run(hub, "doctor", "--json", "--listen", 8080, check=False))["findings"]
    return {finding["check"]: finding for finding in findings if finding["verdict"] == "bad"}


def test_a_copy_is_told_on_both_and_gets_an_id_of_its_own(cards):
    one, two = (Hub(host) for host in cards)
    assert one.id == two.id
    for hub, other in (one, two), (two, one):
        name = other.becomes("announced")["name"]
        eventually(lambda: others(hub), lambda seen: seen == [name])
        url = f"http://{other.host.v4}:8080"
        hub.process.says(lambda line: "has the same id as this one" in line)
        # By IPv4, which is heard as soon as IPv6 or a moment later.
        eventually(lambda: run(hub, "status"), lambda text: f"Copy       {url} has this hub's id" in text)
        assert url in doctor(hub)["id"]["seen"]
    assert sorted([*others(one), *others(two)]) == ["cola-2.local", "cola.local"]

    running = two.host.run(PROGRAM, "new-id", "--data-dir", FOLDER, check=False)
    assert running.returncode == 1 and "while it is stopped" in running.stderr
    two.stop()
    # As in the package: root gives the id, and another user runs the hub.
    two.host.run("chown", "-R", "12345:12345", FOLDER)
    said = run(two, "new-id")
    assert "everybody who came before is a new chatter" in said and "identity.key.replaced-1" in said
    owners = two.host.run("find", FOLDER, "-printf", "%U %p\\n").stdout.splitlines()
    assert len(owners) > 3 and all(line.startswith("12345 ") for line in owners), owners
    two.start()
    assert two.id in said and two.id != one.id
    for hub, other in (one, two), (two, one):
        name = other.becomes("announced")["name"]
        eventually(lambda: hub.api("/api/hubs"), lambda seen: [line["id"] for line in seen] == [other.id])
        assert others(hub) == [name]
        assert "Copy" not in run(hub, "status") and "id" not in doctor(hub)
    assert not any("same id" in line for line in two.process.lines)


def test_copies_that_start_in_one_moment_get_names_of_their_own(cards):
    one, two = (Hub(host) for host in cards)

    def settled(names):
        return None not in names and len(set(names)) == 2

    names = eventually(lambda: [hub.announced()["name"] for hub in (one, two)], settled, 45)
    eventually(lambda: others(one) + others(two), lambda seen: sorted(seen) == sorted(names), 45)


def test_of_two_copies_whose_networks_meet_one_is_renamed(lan):
    far = Lan(first=101)
    try:
        one, two = (Hub(host) for host in copied(lan.host("one"), far.host("two")))
        for hub in one, two:
            hub.is_announced_as("cola", "cola")
        lan.join(far)

        def list_each_other(seen):
            names, listed = seen
            return len(set(names)) == 2 and None not in names and listed == names[::-1]

        def look():
            return [hub.announced()["name"] for hub in (one, two)], others(one) + others(two)

        eventually(look, list_each_other, NOTICED)
    finally:
        far.close()
