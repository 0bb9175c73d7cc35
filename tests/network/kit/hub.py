"""The real program on a host of the LAN."""

import http.client
import json
import os
import re
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from kit.patience import HANGS, eventually

PROGRAM = os.environ.get("COLAHUB_BIN") or str(Path(__file__).parents[3] / "target/debug/colahub")
SERVICES = "_http._tcp", "_colahub._tcp"


class Hub:
    """A hub. It keeps its data over restarts; settings are variables, as in COLAHUB_NETWORK_ONLY."""

    def __init__(self, host, *flags, name="cola", port=8080, folder="hub", **settings):
        self.host, self.port = host, port
        self.flags = ["--name", name, "--listen", port, "--data-dir", f"/run/{folder}", *flags]
        self.settings = settings
        self.start()

    def start(self):
        self.began = time.monotonic()
        self.process = self.host.start(PROGRAM, "run", *self.flags, **self.settings)
        # It may have much to do before it says anything.
        self.process.says(lambda line: re.search(r"listening on http", line), progress=self.process.spent)
        # An address of its own that stays, whatever happens to those of the network.
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        """Asks it to end, as systemd does, and waits until it has."""
        self.process.signal(signal.SIGTERM)
        self.process.wait()

    def kill(self):
        """As a power cut would: no goodbye."""
        self.process.signal(signal.SIGKILL)
        self.process.wait()

    def api(self, path):
        """The data of a call."""
        answer = get(self.host, self.url + path)
        assert answer["success"] is True, answer
        return answer["data"]

    @property
    def id(self):
        return self.api("/api/hub")["id"]

    def announced(self):
        """What it says of its announcement: state, name, instance and reason."""
        return self.api("/api/hub")["announced"]

    def becomes(self, state, patience=None, **facts):
        """Waits until it says that it is `announced`, `not_announced`, …, and what else is asked for."""
        wanted = {"state": state, **facts}
        return eventually(lambda: self.announced(), lambda said: wanted.items() <= said.items(), patience)

    def is_announced_as(self, name, instance, patience=None):
        return self.becomes("announced", patience, name=f"{name}.local", instance=instance)


def get(host, url):
    """The JSON at a URL with an IP address, as a host of the LAN gets it."""
    return host.inside(fetch, url)


def fetch(url):
    parts = urlsplit(url)
    # Nothing shows how far an answer is, so the time-out is only for a hub that hangs; it ends before `inside` does.
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=HANGS / 2)
    try:
        connection.request("GET", parts.path)
        return json.loads(connection.getresponse().read())
    except socket.timeout as error:
        raise AssertionError(f"no answer from {url}") from error
    finally:
        connection.close()
