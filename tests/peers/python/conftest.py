"""A hub of one's own for the tests, and the transports they all run over."""

import pytest

from kit import Hub


@pytest.fixture(scope="session")
def hub():
    with Hub() as running:
        yield running


@pytest.fixture(params=["websocket", "polling"])
def transport(request):
    return request.param


@pytest.fixture
def joins(hub, transport):
    """Lets people join: `minsu = joins(room)`. Everybody goes home after the test."""
    people = []

    def join(room, **options):
        person = hub.person(transport)
        people.append(person)
        person.join(room, **options)
        return person

    yield join
    for person in people:
        person.disconnect()
