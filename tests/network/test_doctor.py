"""`colahub doctor` sees what keeps people from the hub."""

import json
import socket
from collections import defaultdict

from kit import dns
from kit.air import Impostor
from kit.hub import PROGRAM, Hub
from kit.judges import Avahi


def examined(host, port=8080, folder="hub"):
    """Its exit code, what it says of each thing it looked at, and which are bad."""
    flags = "--listen", port, "--data-dir", f"/run/{folder}"
    done = host.run(PROGRAM, "doctor", "--json", *flags, check=False)
    report = json.loads(done.stdout)
    assert (done.returncode, report["good"]) in [(0, True), (1, False)]
    said = defaultdict(str)
    for finding in report["findings"]:
        said[finding["check"]] += f"{finding['seen']}. {finding['advice'] or ''}\n"
    return done.returncode, said, {finding["check"] for finding in report["findings"] if finding["verdict"] == "bad"}


def test_a_hub_beside_avahi_is_well(lan):
    pi = lan.host("raspberrypi")
    Avahi(pi)
    hub = Hub(pi)
    hub.is_announced_as("cola", "cola")
    code, said, bad = examined(pi)
    assert (code, bad) == (0, set()), said
    assert "cola.local leads to this machine" in said["name"]
    assert pi.v4 in said["addresses"]
    assert "avahi-daemon runs" in said["avahi"]
    shown = pi.run(PROGRAM, "doctor", "--listen", 8080, "--data-dir", "/run/hub").stdout
    assert "cola.local leads to this machine" in shown


def test_another_program_on_the_port_is_seen(lan):
    pi = lan.host("pi")
    with pi.inside(lambda: socket.create_server(("", 8080))):
        code, said, bad = examined(pi)
    assert (code, bad) == (1, {"port"}), said
    assert "another program has port 8080" in said["port"]


def test_avahi_that_forbids_others_is_seen(lan):
    pi = lan.host("pi")
    Avahi(pi, **{"disallow-other-stacks": "yes"})
    hub = Hub(pi)
    hub.becomes("not_announced")
    code, said, bad = examined(pi)
    assert (code, bad) == (1, {"avahi", "name"}), said
    assert "disallow-other-stacks=no" in said["avahi"]


def test_another_device_with_the_name_is_seen(lan):
    pi, toaster = lan.host("pi"), lan.host("toaster")
    Hub(pi).is_announced_as("cola", "cola")
    impostor = Impostor(toaster)
    impostor.claim(dns.Record("cola.local", dns.A, 120, toaster.v4))
    code, said, bad = examined(pi)
    assert (code, bad) == (1, {"name"}), said
    assert toaster.v4 in said["name"]
    impostor.close()


def test_a_machine_without_a_network_is_seen(lan):
    pi = lan.host("pi", plugged=False)
    Hub(pi)
    code, said, bad = examined(pi)
    assert code == 1 and "addresses" in bad, said


def test_a_data_folder_that_cannot_be_written_is_seen(lan):
    pi = lan.host("pi")
    pi.run("mkdir", "/run/card")
    pi.run("mount", "-t", "tmpfs", "-o", "ro", "none", "/run/card")
    code, said, bad = examined(pi, folder="card")
    assert (code, bad) == (1, {"data"}), said
    assert "read-only" in said["data"]
