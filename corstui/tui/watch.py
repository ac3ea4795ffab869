"""Running again on an interval. What may be run is the session's to say: never anything that changes a server."""

from __future__ import annotations

from dataclasses import dataclass

#: Seconds between two rounds that somebody may choose from.
INTERVALS = (5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


@dataclass(slots=True)
class Watch:
    """``interval``: seconds from the end of a round to the next; None while nothing is watched. ``bell``: ring when
    something changed. Times are monotonic."""

    interval: float | None = None
    bell: bool = True
    paused: bool = False
    rounds: int = 0
    _due: float = 0.0

    def start(self, interval: float | None, now: float) -> None:
        """Watch from now on at this interval; None stops."""
        self.interval, self.paused, self.rounds = interval, False, 0
        self._due = now

    def is_due(self, now: float, *, busy: bool) -> bool:
        """Whether a round begins now. A round that takes long puts the next one off; it is never skipped silently."""
        if self.interval is None or self.paused:
            return False
        if busy:
            self._due = max(self._due, now + self.interval)
            return False
        return now >= self._due

    def begin(self, now: float) -> None:
        """A round begins."""
        assert self.interval is not None
        self.rounds += 1
        self._due = now + self.interval

    def text(self, now: float) -> str:
        """``watching, every 30 s, next in 12 s``; empty while nothing is watched."""
        if self.interval is None:
            return ""
        if self.paused:
            return f"watch paused after {self.rounds} rounds"
        return f"watching every {seconds(self.interval)}, next in {max(0.0, self._due - now):.0f} s"


def seconds(interval: float) -> str:
    """``30 s`` or ``5 min``."""
    return f"{interval:.0f} s" if interval < 60 else f"{interval / 60:.0f} min"
