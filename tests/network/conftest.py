"""A network for each story, and who watches it."""

import os

import pytest

from kit.air import Ear
from kit.judges import AvahiJudge, ZeroconfJudge
from kit.lan import Lan


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="also tell the stories that wait for many minutes")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="it waits for many minutes; --long tells it")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)


@pytest.fixture
def measured(record_property):
    """Takes what a story measured, in seconds unless it says otherwise; the summary shows it."""
    return lambda what, value, unit="s": record_property(what, f"{value:.1f} {unit}")


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("passed", ()):
        for what, value in report.user_properties:
            terminalreporter.line(f"{value:>10}  {what}")
    counts = {word: len(terminalreporter.stats.get(word, ())) for word in ("passed", "failed", "error", "skipped")}
    counts["failed"] += counts.pop("error")
    note_skipped(terminalreporter.stats.get("skipped", ()))
    terminalreporter.line(", ".join(f"{count} {word}" for word, count in counts.items()))


def note_skipped(reports):
    """Writes what was skipped, and why, where ./dev test lists it."""
    if path := os.environ.get("COLAHUB_TEST_SKIPPED"):
        with open(path, "a", encoding="utf-8") as file:
            for report in reports:
                reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else report.longrepr
                file.write(f"{report.nodeid}: {reason}\n")


@pytest.fixture
def lan():
    lan = Lan()
    yield lan
    lan.close()


@pytest.fixture
def wifi():
    """A second network, which knows nothing of the first."""
    lan = Lan(78)
    yield lan
    lan.close()


@pytest.fixture
def phone(lan):
    """A host without anything of its own."""
    return lan.host("phone")


@pytest.fixture
def desktop(lan):
    """A host with avahi, as Linux desktops are."""
    return lan.host("desktop")


@pytest.fixture
def judges(phone, desktop):
    """Two that find hubs, each in its own way and on its own host."""
    return [AvahiJudge(desktop), ZeroconfJudge(phone)]


@pytest.fixture
def ear(phone):
    ear = Ear(phone)
    yield ear
    ear.close()
