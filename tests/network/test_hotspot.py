"""`colahub hotspot`: the network of the event's own, over a cable, by a real NetworkManager and its dnsmasq.

A Wi-Fi cannot be made here; `src/hotspot/tests.rs` has it with NetworkManager's recorded answers.
"""

import json
import shutil
import socket
import stat
from pathlib import Path

import pytest

from kit import board as boards
from kit import dns
from kit.board import Board
from kit.hub import eventually, get
from kit.patience import HANGS

HERE = Path(__file__).parent
CONFIG = "/etc/colahub/config.toml"
FILES = (
    "/etc/NetworkManager/system-connections/colahub-hotspot.nmconnection",
    "/etc/NetworkManager/dnsmasq-shared.d/colahub.conf",
    "/etc/colahub/hotspot.json",
)
HTTPS = 65

# What udhcpc does with a lease: as a phone, address and route, and the name server for everything.
LEASE = """#!/bin/sh
[ "$1" = bound ] || exit 0
ip address flush dev "$interface"
ip address add "$ip/$mask" dev "$interface"
ip route replace default via "$router"
echo "nameserver $dns" >/run/resolv.conf
echo "$ip $router $dns" >/run/lease
"""


@pytest.fixture
def board(lan):
    """A board whose only cable leads to the switch, which is the access point."""
    if why := boards.why_not():
        pytest.skip(why)
    host = lan.host("board", plugged=False)
    host.plug(addressed=False)
    board = Board(host)
    try:
        board.boot()
        board.install()
        yield board
    finally:
        board.close()


class Phone:
    """A phone that gets everything by DHCP, and knows names by plain DNS alone."""

    def __init__(self, lan):
        if not shutil.which("busybox"):
            pytest.skip("It needs busybox.")
        self.host = lan.host("phone", plugged=False)
        self.host.plug(addressed=False)
        self.host.write("/run/lease.sh", LEASE)
        self.host.write("/run/resolv.conf", "")
        self.host.write("/run/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n")
        self.host.run("chmod", "+x", "/run/lease.sh")
        for file in "resolv.conf", "nsswitch.conf":
            self.host.run("mount", "--bind", f"/run/{file}", Path("/etc", file).resolve())

    def joins(self):
        """Its address, its router and its name server."""
        dhcp = "busybox", "udhcpc", "-i", "eth0", "-s", "/run/lease.sh", "-n", "-q", "-t", "20", "-x", "hostname:anns-phone"
        self.host.run(*dhcp)
        return self.host.run("cat", "/run/lease").stdout.split()

    def asks(self, name, type):
        """What the name server says: its code, and the answers' data."""
        return self.host.inside(query, name, type)


def query(name, type):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(HANGS / 2)
        asker.sendto(dns.message([(name, type)])[:2] + b"\x01\x00" + dns.message([(name, type)])[4:], ("10.42.0.1", 53))
        answer = asker.recv(4096)
    return answer[3] & 15, [record.data for record in dns.parse(answer).records]


def hotspot(board, *args, **options):
    return board.run("colahub", "hotspot", *args, **options)


def start(board, *args, password="sing along"):
    return hotspot(board, "start", "--ssid", "Cola", "--interface", "eth0", "--password-stdin", "--yes", *args, given=password)


def is_up(board):
    return json.loads(hotspot(board, "status", "--json").stdout)["up"]


def finding(board):
    """What the doctor says of the hotspot."""
    report = json.loads(board.run("colahub", "doctor", "--json", check=False).stdout)
    return [(found["verdict"], found["seen"]) for found in report["findings"] if found["check"] == "hotspot"]


def was_in_the_office(board):
    """The network that the board was in before; its configuration then."""
    office = "connection add type ethernet con-name office ifname eth0 ipv4.method manual ipv4.addresses 192.168.77.5/24"
    board.run("nmcli", *office.split())
    board.run("nmcli", "connection", "up", "office")
    return board.read(CONFIG)


def is_in_the_office_again(board, config):
    assert board.read(CONFIG) == config
    assert not [path for path in FILES if board.has(path)]
    eventually(board.addresses, lambda seen: "192.168.77.5" in seen and "10.42." not in seen)
    assert "colahub" not in board.run("nmcli", "connection", "show").stdout


def test_an_event_has_its_own_network(lan, board, measured):
    refused = hotspot(board, "start", "--ssid", "Cola", check=False)
    assert refused.returncode == 1 and "no Wi-Fi" in refused.stderr and "--interface eth0" in refused.stderr, refused
    stranger = board.run("setpriv", "--reuid=nobody", "--clear-groups", "colahub", "hotspot", "status", check=False)
    assert "use sudo" in stranger.stderr, stranger
    unasked = hotspot(board, "start", "--ssid", "Cola", "--interface", "eth0", check=False)
    assert "add --yes" in unasked.stderr, unasked
    config = was_in_the_office(board)

    said = start(board).stdout
    assert "eth0 leaves the network \"office\"" in said and "SSH" in said, said
    assert "http://10.42.0.1 or http://cola.local (or http://cola.internal)" in said, said
    assert is_up(board) and finding(board)[0][0] == "good"
    secret = board.run("stat", "-c", "%a %U", FILES[2]).stdout
    assert secret == "600 root\n"
    assert stat.S_IMODE((board.root / CONFIG[1:]).stat().st_mode) == 0o644

    phone = Phone(lan)
    address, router, server = phone.joins()
    assert address.startswith("10.42.0.") and (router, server) == ("10.42.0.1", "10.42.0.1")
    names_are_answered(phone)
    wifi = eventually(lambda: get(phone.host, "http://10.42.0.1/api/hub")["data"]["wifi"], bool)
    assert wifi == {"ssid": "Cola", "password": "sing along", "security": "WPA"}
    shown = hotspot(board, "status").stdout
    assert address in shown and '"anns-phone"' in shown and "1 device" in shown, shown
    they_chat(phone)

    board.reboot()
    eventually(lambda: is_up(board), bool, patience=60)
    assert phone.joins()[2] == "10.42.0.1"
    names_are_answered(phone)
    assert get(phone.host, "http://10.42.0.1/api/hub")["data"]["wifi"]["ssid"] == "Cola"

    # Without its cable it waits, and the doctor says so.
    board.host.lan.switch.ip("link", "set", board.host.port, "down")
    eventually(lambda: is_up(board), lambda up: not up)
    assert finding(board)[0][0] == "bad"
    assert "no cable yet" in start(board, password="sing louder").stdout
    board.host.lan.switch.ip("link", "set", board.host.port, "up")
    eventually(lambda: is_up(board), bool, patience=60)

    hotspot(board, "stop", "--yes")
    is_in_the_office_again(board, config)
    assert finding(board) == []
    assert "makes no network" in hotspot(board, "stop", "--yes").stdout


def names_are_answered(phone):
    for name in "cola.local", "cola.internal":
        assert phone.asks(name, dns.A) == (0, ["10.42.0.1"])
        # Empty, and not as for a name that does not exist: then some would not look at the address either.
        assert phone.asks(name, dns.AAAA) == phone.asks(name, HTTPS) == (0, [])
        assert phone.host.run("getent", "ahostsv4", name).stdout.split()[0] == "10.42.0.1"
    assert phone.asks("other.local", dns.A)[1] == []


def they_chat(phone):
    """Two people, in Chromium, by the names that only the network's DNS knows."""
    if not (HERE / "../browser/node_modules/playwright-core").exists():
        pytest.skip("It needs the npm packages of tests/browser; tests/browser/run.sh installs them.")
    chat = phone.host.start("node", HERE / "chat-by-dns.mjs", "http://cola.local", "http://cola.internal")
    assert chat.wait() == 0, chat.said
    assert "they chatted" in chat.said


@pytest.mark.long
def test_a_start_that_is_killed_is_put_back_by_stop(board):
    config = was_in_the_office(board)
    for milliseconds in range(4, 204, 4):
        killed = "timeout", "--signal=KILL", f"0.{milliseconds:03}", "colahub", "hotspot", "start"
        board.run(*killed, "--ssid", "Cola", "--interface", "eth0", "--open", "--yes", check=False)
        hotspot(board, "stop", "--yes")
        is_in_the_office_again(board, config)
