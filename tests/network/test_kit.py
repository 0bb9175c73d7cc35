"""What the stories wait with: until nothing has moved for a while, not to a fixed time. No network is needed."""

import os
import subprocess
import sys
import time

import pytest

from kit import patience
from kit.lan import Process


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 0.4)
    monkeypatch.setattr(patience, "HANGS", 3)


def steps():
    """What changes every 0.2 seconds."""
    began = time.monotonic()
    return lambda: int((time.monotonic() - began) / 0.2)


def test_what_gets_on_slowly_is_waited_for():
    assert patience.eventually(steps(), lambda seen: seen == 8) == 8


def test_what_stands_still_or_never_ends_is_not():
    with pytest.raises(AssertionError, match="nothing has moved for 0.4 s.*it still was: 3"):
        patience.eventually(lambda: 3, lambda seen: seen == 4)
    began = time.monotonic()
    with pytest.raises(AssertionError, match="no end comes"):
        patience.eventually(time.monotonic, lambda seen: False)
    assert time.monotonic() - began >= 3


def test_what_is_promised_within_a_time_is_held_to_it():
    with pytest.raises(AssertionError, match="within the 0.6 s that are promised"):
        patience.eventually(steps(), lambda seen: seen == 8, within=0.6)


def says(script):
    return Process(["sh", "-c", script], dict(os.environ))


def test_a_line_is_waited_for_while_others_come(monkeypatch):
    # Ten times the time between two lines, which a full machine gets round to.
    monkeypatch.setattr(patience, "PATIENCE", 2)
    monkeypatch.setattr(patience, "HANGS", 60)
    talks = says("for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo $n; sleep 0.2; done; exec sleep 60")
    try:
        assert talks.says(lambda line: line == "15")
        monkeypatch.setattr(patience, "PATIENCE", 0.4)
        with pytest.raises(AssertionError, match="it did not say"):
            talks.says(lambda line: line == "16")
    finally:
        talks.outer.kill()


# It says nothing for six seconds.
COMPUTES = """
import time
end = time.monotonic() + 6
while time.monotonic() < end: pass
print("done")
"""


def test_a_line_is_waited_for_while_the_process_computes(monkeypatch):
    # Long enough that a full machine gets round to it.
    monkeypatch.setattr(patience, "PATIENCE", 2)
    monkeypatch.setattr(patience, "HANGS", 60)
    computes = Process([sys.executable, "-c", COMPUTES], dict(os.environ))
    try:
        assert computes.says(lambda line: line == "done", progress=lambda: patience.spent(computes.outer.pid))
    finally:
        computes.outer.kill()
    monkeypatch.setattr(patience, "PATIENCE", 0.4)
    sleeps = subprocess.Popen(["sleep", "60"])
    with pytest.raises(AssertionError, match="nothing has moved"):
        patience.eventually(lambda: patience.spent(sleeps.pid), lambda seen: False)
    sleeps.kill()
    sleeps.wait()
