"""Addresses of `listen` that are missing when the hub starts, and come later."""

import json
import os
import re
import socket

from kit.hub import PROGRAM, Hub, eventually, get
from kit.patience import PATIENCE

LISTENING = "listening on http"


def said(hub, words):
    return [line for line in hub.process.lines if words in line]


def status(hub):
    return hub.host.run(PROGRAM, "status", "--data-dir", "/run/hub").stdout


def doctor(host, *listen):
    flags = [word for address in listen for word in ("--listen", address)]
    done = host.run(PROGRAM, "doctor", "--json", *flags, "--data-dir", "/run/hub", check=False)
    return {finding["seen"]: finding["verdict"] for finding in json.loads(done.stdout)["findings"]}


def test_an_address_that_is_not_there_yet_keeps_nobody_from_the_others(lan, wifi):
    pi, late = lan.host("pi"), "10.78.0.1:8081"
    assert wifi.host("access point").v4 == "10.78.0.1"  # nobody else's
    hub = Hub(pi, "--listen", late)
    assert get(lan.host("phone"), f"http://{pi.v4}:8080/api/hub")["data"]["id"] == hub.id
    assert len(said(hub, "does not have the address of 10.78.0.1:8081 yet")) == 1
    assert re.search(r"Missing +10\.78\.0\.1:8081: this machine does not have", status(hub))
    assert not any("10.78" in address for address in hub.api("/api/hub")["addresses"])
    verdicts = doctor(pi, "8080", late)
    assert verdicts["this machine does not have the address 10.78.0.1: nobody reaches the hub at 10.78.0.1:8081"] == "bad"

    pi.plug("wlan0", wifi)
    hub.process.says(lambda line: "now that the address is there" in line)
    assert get(wifi.host("tablet"), f"http://{late}/api/hub")["data"]["id"] == hub.id
    assert "Missing" not in status(hub)
    assert "bad" not in {verdict for seen, verdict in doctor(pi, "8080", late).items() if "10.78" in seen}
    # It was not tried aloud, and whoever started the hub was told once.
    assert len(said(hub, LISTENING)) == 1 and len(said(hub, "10.78.0.1")) == 2, hub.process.said


def test_a_hub_whose_only_address_is_missing_waits_for_it(lan, phone):
    pi = lan.host("pi", plugged=False)
    hub = Hub.__new__(Hub)
    hub.process = pi.start(PROGRAM, "run", "--listen", f"{pi.v4}:8080", "--data-dir", "/run/hub")
    hub.host = pi
    hub.process.says(lambda line: f"does not have the address of {pi.v4}:8080 yet" in line)
    assert re.search("Address +none", status(hub)) and f"Missing    {pi.v4}:8080" in status(hub)
    assert said(hub, LISTENING) == []
    pi.plug()
    assert hub.process.says(lambda line: line == f"listening on http://{pi.v4}:8080")
    assert get(phone, f"http://{pi.v4}:8080/api/hub")["success"]


def test_a_port_that_another_program_has_is_taken_when_that_ends(lan, phone):
    pi = lan.host("pi")
    other = pi.inside(lambda: socket.create_server((pi.v4, 8081)))
    hub = Hub(pi, "--listen", f"{pi.v4}:8081")
    assert len(said(hub, f"cannot listen on {pi.v4}:8081; is another program using the port?")) == 1
    assert f"Missing    {pi.v4}:8081: the hub cannot listen" in status(hub)
    assert doctor(pi, "8080", f"{pi.v4}:8081")["another program has port 8081"] == "bad"
    other.close()
    eventually(lambda: status(hub), lambda text: "Missing" not in text)
    assert get(phone, f"http://{pi.v4}:8081/api/hub")["data"]["id"] == hub.id
    assert len(said(hub, "cannot listen")) == 1 and len(said(hub, LISTENING)) == 1


class Systemd:
    """As far as it keeps sockets for a service: the first step, as root, leaves them, and the hub gets them."""

    def __init__(self, host):
        self.host, self.kept = host, []
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.bind(f"/proc/{host.pid}/root/run/notify")
        self.notified.settimeout(PATIENCE)

    def step(self, *command):
        process = self.host.start(*command, NOTIFY_SOCKET="/run/notify")
        while True:
            message, fds, _, _ = socket.recv_fds(self.notified, 4096, 4)
            if message.startswith(b"BARRIER=1"):
                os.close(fds[0])
                assert process.wait() == 0, process.said
                return
            self.kept += fds

    def run(self, *command):
        """Runs the hub as somebody who may open no port below 1024."""
        assert len(self.kept) == 1
        user = "setpriv --reuid=12345 --regid=12345 --clear-groups --bounding-set=-all"
        handed = f'exec 3<&0 0</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec {user} "$@"'
        return self.host.start("sh", "-c", handed, "sh", *command, stdin=self.kept[0])


def test_a_hub_without_privileges_serves_a_low_port_at_an_address_that_comes_later(lan, phone):
    pi = lan.host("pi", plugged=False)
    pi.write("/run/config.toml", f'listen = "{pi.v4}:80"\ndata_dir = "/run/hub"\n')
    pi.run("install", "-d", "-o", "12345", "/run/hub")
    systemd = Systemd(pi)
    systemd.step(PROGRAM, "hold-ports", "--config", "/run/config.toml")
    process = systemd.run(PROGRAM, "run", "--config", "/run/config.toml")
    process.says(lambda line: f"does not have the address of {pi.v4}:80 yet" in line)
    pi.plug()
    assert process.says(lambda line: line == f"listening on http://{pi.v4}:80")
    assert get(phone, f"http://{pi.v4}/api/hub")["success"]
