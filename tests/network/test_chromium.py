"""People type the name into a browser."""

import os
import shutil
from pathlib import Path

import pytest

from kit.hub import Hub, eventually
from kit.judges import Avahi

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM_BIN", "/usr/bin/chromium")

# As libnss-mdns sets it up: names in .local are asked of avahi.
NSSWITCH = "passwd: files\ngroup: files\nhosts: files mdns4_minimal [NOTFOUND=return] dns\n"


@pytest.fixture
def laptop(lan):
    """A Linux laptop on which `.local` names work as they do on most."""
    for path, package in (CHROMIUM, "chromium"), (shutil.which("node"), "nodejs"):
        if not path or not os.path.exists(path):
            pytest.skip(f"It needs {package}.")
    if not list(Path("/usr/lib").glob("*/libnss_mdns4_minimal.so.2")):
        pytest.skip("It needs libnss-mdns.")
    if not (HERE / "../browser/node_modules/playwright-core").exists():
        pytest.skip("It needs the npm packages of tests/browser; tests/browser/run.sh installs them.")
    laptop = lan.host("laptop")
    laptop.write("/run/nsswitch.conf", NSSWITCH)
    laptop.run("mount", "--bind", "/run/nsswitch.conf", "/etc/nsswitch.conf")
    Avahi(laptop)
    return laptop


def test_two_people_open_the_hub_by_its_name_and_chat(lan, laptop):
    hub = Hub(lan.host("pi"), port=80)
    hub.is_announced_as("cola", "cola")
    other = Hub(lan.host("two"), port=80)
    other.is_announced_as("cola-2", "cola (2)")
    eventually(lambda: hub.api("/api/hubs"), lambda seen: len(seen) == 1)
    assert laptop.run("getent", "ahosts", "cola.local").stdout.split()[0] == hub.host.v4
    urls = "http://cola.local", "http://cola-2.local", f"http://{other.host.v4}"
    chat = laptop.start("node", HERE / "chat.mjs", *urls)
    assert chat.wait() == 0, chat.said
    assert "they chatted" in chat.said
