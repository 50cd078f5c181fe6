"""How far a download is, in words for a terminal or for a log."""

import time
from collections.abc import Callable
from typing import TextIO

MB = 1_000_000


class Progress:
    """Says how far a download is: one line that renews itself on a terminal, else a plain line now and then."""

    def __init__(self, total: int, *, out: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        self._total, self._out, self._now = total, out, now
        self._renews = out.isatty()
        self._pause = 0.2 if self._renews else 10.0
        self._began = self._said = now()
        self._first: int | None = None

    def at(self, done: int) -> None:
        """Note that ``done`` bytes are here, those of earlier calls included; says so when it is time."""
        if self._first is None:
            self._first = done
        elif done < self._total and self._now() - self._said < self._pause:
            return
        self._said = self._now()
        line = self.line(done)
        self._out.write(f"\r{line:<70}" if self._renews else f"{line}\n")
        self._out.flush()

    def line(self, done: int) -> str:
        """Return bytes, share, speed and time left in words; the speed is that of this call."""
        text = f"{done / MB:,.0f} of {self._total / MB:,.0f} MB, {100 * done // self._total} %"
        seconds = self._now() - self._began
        came = done - (self._first or 0)
        if seconds <= 0 or came <= 0:
            return text
        speed = came / seconds
        minutes, rest = divmod(round((self._total - done) / speed), 60)
        return f"{text}, {speed / MB:.1f} MB/s, " + (f"{minutes} min {rest} s left" if minutes else f"{rest} s left")

    def end(self) -> None:
        """Leave the line that renews itself."""
        if self._renews and self._first is not None:
            self._out.write("\n")
            self._out.flush()
