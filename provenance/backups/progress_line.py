"""One line on the terminal that says how far a long command is, how fast, and how long still."""

import sys
import time

MEGABYTE = 1_000_000
ROUND_SECONDS = 0.2


class ProgressLine:
    """Rewrites its line a few times a second; `unit` 1 and a name count things, not bytes."""

    def __init__(self, what: str, *, unit: int = MEGABYTE, name: str = "MB") -> None:
        self._what, self._unit, self._name = what, unit, name
        self._digits = 0 if unit == 1 else 1
        self._begun = time.monotonic()
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next and done < total:
            return
        self._next = now + ROUND_SECONDS
        rate = done / max(now - self._begun, 1e-9)
        left = (total - done) / rate if rate else 0
        shown, of, pace = (value / self._unit for value in (done, total, rate))
        sys.stderr.write(
            f"\r{self._what}: {shown:,.{self._digits}f} of {of:,.{self._digits}f} {self._name},"
            f" {pace:,.{self._digits}f} {self._name}/s, {left:,.0f} s left   "
        )
        sys.stderr.flush()

    def end(self) -> None:
        sys.stderr.write("\n")
