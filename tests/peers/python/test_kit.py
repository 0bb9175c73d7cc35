"""What the stories wait with: until nothing has come for a while, not to a fixed time."""

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


def test_silence_is_not_waited_out(person):
    person.inbox.put(("event", 1))
    with pytest.raises(AssertionError, match="no fitting 'another' came"):
        person.hears("another")
