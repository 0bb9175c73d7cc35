"""What it means to be found: every judge sees both services and the name, at the right host and port."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from kit.hub import SERVICES
from kit.patience import eventually


def is_found(judges, hub, name="cola", instance="cola", within=None, interface="eth0"):
    """Waits until all judges find the hub under these names, and nowhere but at its host,
    by addresses of the interface to their network; within a time where the hub promises one.

    Gives the seconds that the slowest took, from now, and the services by type and judge.
    """
    began = time.monotonic()
    v4, v6 = (hub.host.addresses(family, interface) for family in (4, 6))

    def fits(judge, service):
        return (
            (service.instance, service.host, service.port) == (instance, f"{name}.local", hub.port)
            and service.addresses <= v4 | v6
            and (judge.gives_one_address or service.addresses >= v4 and service.addresses & v6)
        )

    def look(judge, type):
        service = judge.finds(type, partial(fits, judge), within)
        return time.monotonic() - began, service

    questions = [(judge, type) for judge in judges for type in SERVICES]
    with ThreadPoolExecutor(len(questions)) as pool:
        answers = list(pool.map(lambda question: look(*question), questions))
    for judge in judges:
        resolves(judge, f"{name}.local", hub.host, interface)
    found = {(type, judge.name): service for (judge, type), (_, service) in zip(questions, answers)}
    return max(seconds for seconds, _ in answers), found


def resolves(judge, name, host, interface="eth0"):
    """The name leads to the host, by IPv4 and by IPv6."""
    for family in 4, 6:
        # A judge gives up after five seconds, in which a busy machine may not have got round to answer.
        address = eventually(lambda: judge.address(name, family), lambda found: found is not None)
        assert address in host.addresses(family, interface), f"{judge.name}: IPv{family} of {name} is {address}"
