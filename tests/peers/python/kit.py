"""The hub as a process, and a person as python-socketio makes one."""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import requests
import socketio
from engineio.payload import Payload

PATIENCE = 15  # seconds in which nothing comes; generous: a busy machine is not a broken hub

HANGS = 20 * 60  # seconds; after this a wait ends even if something always moves

# This client gives up on a poll's answer with more than 16 packets, which any lively room has.
Payload.max_decode_packets = 1000


def until(what, look, progress):
    """Waits until `look` gives something, and gives that.

    The wait ends when what `progress` says has been the same for `PATIENCE`: a slow machine is waited for as long as it
    gets on.
    """
    begun = moved = time.monotonic()
    seen = progress()
    while not (found := look()):
        now = time.monotonic()
        assert now - moved < PATIENCE, f"{what}: not so, and nothing has moved for {PATIENCE} s"
        assert now - begun < HANGS, f"{what}: it goes on without end"
        time.sleep(0.02)
        if seen != (seen := progress()):
            moved = time.monotonic()
    return found


def spent(pid):
    """The processor time that a process has taken, in the kernel's ticks; None where it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            # Behind the name, which may have spaces: utime and stime are the 14th and 15th field of all.
            return stat.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return None


class Hub:
    """The real program with an empty data directory on a free port."""

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="colahub-peers-")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("COLAHUB_")}
        self.process = subprocess.Popen(
            [os.environ["COLAHUB_BIN"], "run", "--listen", "127.0.0.1:0", "--no-mdns"]
            + ["--data-dir", os.path.join(self.directory, "data")],
            env={
                **inherited,
                "COLAHUB_LANGUAGE": "ko",
                "COLAHUB_LIMITS_PROFILE": "nat",
                # The order of many is what one story is about; a person's pace has stories of its own.
                "COLAHUB_LIMITS_EVENTS": "1000/s burst 1000",
                "COLAHUB_LIMITS_MESSAGES": "1000/s burst 1000",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        said = []
        # To its end: whatever it still says must not fill the pipe.
        threading.Thread(target=lambda: said.extend(iter(self.process.stdout.readline, "")), daemon=True).start()

        def address():
            assert self.process.poll() is None, f"the hub did not start: {self.process.wait()}"
            return re.search(r"listening on (http://[^\s/]+)", "".join(said))

        # It may have much to do before.
        self.url = until("the hub listens", address, lambda: spent(self.process.pid))[1]
        self.rooms_made = 0
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def host(self, *command):
        """What a command of the host's says about this hub."""
        flags = ["--data-dir", os.path.join(self.directory, "data")]
        run = subprocess.run([os.environ["COLAHUB_BIN"], *command, *flags], capture_output=True, text=True, check=True)
        return run.stdout

    def call(self, method, path, **options):
        """An HTTP call without credentials, as the front end's are. Gives status and envelope."""
        # Nothing shows how far an answer is, so the time-out is only for a hub that hangs.
        answer = requests.request(method, self.url + path, timeout=HANGS, **options)
        return answer.status_code, answer.json()

    def data(self, method, path, **options):
        """The data of a call that must succeed."""
        status, envelope = self.call(method, path, **options)
        assert status < 300 and envelope["success"] is True, envelope
        return envelope["data"]

    def room(self, **fields):
        self.rooms_made += 1
        form = {
            "namespace": f"python-{self.rooms_made}",
            "title": f"Room {self.rooms_made}",
            "capacity": 16,
            "isPassword": bool(fields.get("password")),
            "password": "",
            **fields,
        }
        return self.data("POST", "/chat/rooms", json=form)

    def page(self, room, page, chatter_id):
        return self.data("GET", f"/chat/messages/{room['id']}/{page}/{chatter_id}")

    def person(self, transport):
        """Somebody new, with a token of their own."""
        token = self.data("POST", "/api/identity")["token"]
        return Person(self.url, transport, token)


class Refused(Exception):
    """The hub acknowledged, and said no."""

    def __init__(self, envelope):
        super().__init__(envelope["message"])
        self.envelope = envelope


class Person:
    def __init__(self, url, transport, token):
        self.url, self.transport, self.token = url, transport, token
        self.inbox = queue.Queue()
        self.kept = []  # what was heard while something else was waited for
        self.chatter = None

    @property
    def id(self):
        return self.chatter["id"]

    def connect(self, namespace):
        self.namespace = f"/{namespace}"
        self.client = socketio.Client(reconnection=False)
        self.client.on("*", lambda event, *args: self.inbox.put((event, *args)), namespace=self.namespace)
        self.client.connect(
            self.url,
            auth={"token": self.token},
            namespaces=[self.namespace],
            transports=[self.transport],
            wait_timeout=HANGS,  # a refusal ends it at once
        )
        return self

    def asks(self, event, payload=None):
        """Sends an event and gives the acknowledged data; a refusal raises `Refused`."""
        acked = object()
        self.client.emit(
            event, payload, namespace=self.namespace, callback=lambda envelope: self.inbox.put((acked, envelope))
        )
        envelope = self.hears(acked)
        assert set(envelope) >= {"success", "message", "data"}, envelope
        if not envelope["success"]:
            assert envelope["data"] is None and envelope["message"].strip(), envelope
            raise Refused(envelope)
        return envelope["data"]

    def join(self, room, chatter_id=None, **more):
        if not getattr(self, "client", None) or not self.client.connected:
            self.connect(room["namespace"])
        self.room = room
        self.chatter = self.asks("joinRoom", {"roomId": room["id"], "chatterId": chatter_id, **more})
        return self.chatter

    def says(self, content):
        return self.asks("sendMessage", {"roomId": self.room["id"], "content": content})

    def hears(self, event, fits=lambda _: True):
        """Waits for an event whose argument fits. Others are kept for later."""
        for kept in self.kept:
            if kept[0] == event and fits(kept[1]):
                self.kept.remove(kept)
                return kept[1]
        while True:
            try:
                # Again the whole patience after each event: a slow machine is waited for as long as it gets on.
                heard = self.inbox.get(timeout=PATIENCE)
            except queue.Empty:
                break
            if heard[0] == event and fits(heard[1]):
                return heard[1]
            self.kept.append(heard)
        what = f"fitting {event!r}" if isinstance(event, str) else "acknowledgement"
        raise AssertionError(f"no {what} came; heard {[heard[0] for heard in self.kept]}")

    def hears_words(self, content):
        return self.hears("sendMessage", lambda message: message["content"] == content)

    def hears_alert_of(self, person, word):
        return self.hears("sendAlert", lambda alert: alert["chatterId"] == person.id and word in alert["content"])

    def sees_present(self, *people):
        wanted = sorted(person.id for person in people)
        return self.hears("returnChatters", lambda roster: sorted(chatter["id"] for chatter in roster) == wanted)

    def hears_error(self):
        envelope = json.loads(self.hears("message"))
        assert envelope["success"] is False and envelope["data"] is None and envelope["message"].strip()
        return envelope

    def has_heard_no(self, event):
        """Nothing of this kind came before one's own next word."""
        self.says("is anybody there?")
        self.hears_words("is anybody there?")
        assert [heard for heard in self.kept if heard[0] == event] == []

    def forget(self):
        """Clears what was heard so far."""
        self.says("let us begin")
        self.hears_words("let us begin")
        self.kept.clear()

    def disconnect(self):
        if getattr(self, "client", None) and self.client.connected:
            self.client.disconnect()

    def refreshes(self):
        """A page reload: a new connection with the chatter id kept."""
        self.disconnect()
        return self.join(self.room, chatter_id=self.id)
