"""What the stories wait with: until nothing has come for a while, not to a fixed time."""

import subprocess
import threading
import time

import pytest

import kit


@pytest.fixture
def person(monkeypatch):
    monkeypatch.setattr(kit, "PATIENCE", 0.4)
    return kit.Person("", "", "")


def test_an_event_is_waited_for_while_others_come(person):
    def slowly():
        for number in range(40):
            time.sleep(0.04)
            person.inbox.put(("event", number))

    threading.Thread(target=slowly).start()
    assert person.hears("event", lambda number: number == 39) == 39


def test_what_computes_is_waited_for_and_what_sleeps_or_never_ends_is_not(person, monkeypatch):
    spins, sleeps = (subprocess.Popen(words) for words in (["sh", "-c", "while :; do :; done"], ["sleep", "60"]))
    try:
        # Long enough that a full machine gets round to it.
        monkeypatch.setattr(kit, "PATIENCE", 2)
        over = time.monotonic() + 6
        assert kit.until("it is over", lambda: time.monotonic() > over, lambda: kit.spent(spins.pid))
        monkeypatch.setattr(kit, "PATIENCE", 0.4)
        with pytest.raises(AssertionError, match="nothing has moved for 0.4 s"):
            kit.until("it is over", lambda: False, lambda: kit.spent(sleeps.pid))
        monkeypatch.setattr(kit, "HANGS", 0.8)
        with pytest.raises(AssertionError, match="without end"):
            kit.until("it is over", lambda: False, time.monotonic)
    finally:
        for process in spins, sleeps:
            process.kill()
            process.wait()


def test_silence_is_not_waited_out(person):
    person.inbox.put(("event", 1))
    with pytest.raises(AssertionError, match="no fitting 'another' came"):
        person.hears("another")
