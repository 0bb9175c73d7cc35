"""How long the stories wait: until nothing has moved for a while. A slow machine is waited for as long as it gets on."""

import time

PATIENCE = 15  # seconds in which nothing moves; generous: a busy machine is not a broken hub
HANGS = 10 * 60  # seconds; after this a wait ends even if something always moves


class Waiting:
    """A wait that goes on while what is seen changes; or, where the hub promises so, within a time."""

    def __init__(self, patience=None, within=None):
        self.patience = PATIENCE if patience is None else patience
        self.within = within
        self.moved = time.monotonic()
        self.end = self.moved + (HANGS + self.patience if within is None else within)
        self.seen = None

    def goes_on(self, seen):
        """Whether to look again. What is seen now says how far it is."""
        if seen != self.seen:
            self.seen, self.moved = seen, time.monotonic()
        return self.left > 0

    @property
    def left(self):
        """Seconds until it ends if nothing moves."""
        stands_still = self.end if self.within is not None else self.moved + self.patience
        return max(0, min(self.end, stands_still) - time.monotonic())

    def __str__(self):
        if self.within is not None:
            return f"not within the {self.within} s that are promised"
        return f"not so, and nothing has moved for {self.patience} s, or no end comes"


def eventually(look, fits, patience=None, within=None):
    """Looks until what is seen fits, and gives that."""
    waiting = Waiting(patience, within)
    while not fits(seen := look()):
        assert waiting.goes_on(seen), f"{waiting}; it still was: {seen}"
        time.sleep(0.1)
    return seen


def spent(pid):
    """The processor time that a process has taken, in the kernel's ticks; None where it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            # Behind the name, which may have spaces: utime and stime are the 14th and 15th field of all.
            return stat.read().rpartition(")")[2].split()[11:13]
    except OSError:
        return None
