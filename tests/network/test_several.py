"""Hubs that share one PostgreSQL, when the cable between one of them and the database is cut."""

import http.client
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kit.hub import Hub, eventually
from kit.lan import Lan
from kit.patience import HANGS

HERE = Path(__file__).parent
SCRIPT = HERE / "../several/postgres.sh"
PATIENCE = 3  # seconds for which a hub waits for its database


@pytest.fixture
def cable():
    """The network of the hubs and the database; people are on another."""
    lan = Lan(79, first=50)
    yield lan
    lan.close()


@pytest.fixture
def database(cable):
    """A PostgreSQL on a host of its own. Gives the URL of an empty database."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        pytest.skip("It needs postgresql.")
    host = cable.host("database")
    host.run("install", "-d", "-o", "postgres", "/run/postgres")
    host.run(SCRIPT, "make", "/run/postgres", "listen_addresses=*", "fsync=off")
    host.run("sh", "-c", "echo host all all 10.79.0.0/24 trust >>/run/postgres/data/pg_hba.conf")
    host.run(SCRIPT, "up", "/run/postgres")
    host.run("sh", "-c", f"echo CREATE DATABASE chat | {SCRIPT} sql /run/postgres postgres")
    return f"postgres://postgres@{host.v4}/chat"


def hub(lan, cable, database, name):
    host = lan.host(name)
    host.plug("eth1", cable)
    settings = {
        "COLAHUB_DATABASE_URL": database,
        "COLAHUB_DATABASE_PATIENCE": f"{PATIENCE}s",
        "COLAHUB_LIMITS_PROFILE": "off",
    }
    return Hub(host, name=name, **settings)


def is_ready(hub):
    """Whether a balancer would send people to it."""
    return hub.host.inside(status, hub.port, "/readyz") == 200


def status(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS / 2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("way", ["carrier", "silence"])
def test_a_hub_is_cut_off_from_the_database_and_comes_back(lan, cable, database, phone, way):
    if not shutil.which("node"):
        pytest.skip("It needs nodejs.")
    if not (HERE / "../peers/js/node_modules/socket.io-client").exists():
        pytest.skip("It needs the npm packages of tests/peers/js; tests/peers/run.sh installs them.")
    one, two = (hub(lan, cable, database, name) for name in ("one", "two"))
    urls = [f"http://{one.host.v4}:{one.port}", f"http://{two.host.v4}:{two.port}"]
    chat = phone.start("node", HERE / "several.mjs", *urls, stdin=subprocess.PIPE)

    def goes_on():
        chat.outer.stdin.write("on\n")
        chat.outer.stdin.flush()

    chat.says(lambda line: line == "together", progress=chat.spent)
    cut, mend = {
        # The cable is pulled: both ends see it.
        "carrier": (("link", "set", one.host.port, "down"), ("link", "set", one.host.port, "up")),
        # A switch between them is broken: nobody sees anything, packets are lost.
        "silence": (("link", "set", one.host.port, "nomaster"), ("link", "set", one.host.port, "master", "switch")),
    }[way]
    cable.switch.ip(*cut)
    goes_on()
    refused = chat.says(lambda line: re.match("refused: (.+)", line), progress=chat.spent)
    assert refused[1]
    eventually(lambda: is_ready(one), lambda ready: not ready)
    assert is_ready(two)
    cable.switch.ip(*mend)
    goes_on()
    chat.says(lambda line: line.startswith("whole"), progress=chat.spent)
    assert chat.wait() == 0, chat.said
    eventually(lambda: is_ready(one), lambda ready: ready)
    # They are two again, for both.
    for each in one, two:
        eventually(lambda: [name["name"] for name in each.api("/api/hub")["shared"]["hubs"]], lambda names: sorted(names) == ["one", "two"])
