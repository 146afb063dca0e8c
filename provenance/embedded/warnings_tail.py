"""Repeats the warnings of the services' logs on the terminal, each with its service's name."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# A statement that the database refuses the web role is that process's to tell.
WARNING = re.compile(
    r"\b(WARNING|CRITICAL|PANIC)\b|(?<!ragledger_web )\bERROR\b|\[(warning|error|critical) *\]"
)
LONGEST_LOG = 20 * 1024 * 1024


class WarningsTail:
    def __init__(self, logs: Iterable[Path], say: Callable[[str], None]) -> None:
        """Begins at the end of each log as it is now."""
        self._read_to = {log: log.stat().st_size if log.exists() else 0 for log in logs}
        self._say = say

    def repeat_new(self) -> None:
        for log, start in self._read_to.items():
            if log.exists() and log.stat().st_size > start:
                self._read_to[log] = start + self._repeat_from(log, start)

    def _repeat_from(self, log: Path, start: int) -> int:
        """How many bytes of whole lines there were after `start`."""
        with log.open("rb") as file:
            file.seek(start)
            whole = file.read().rpartition(b"\n")[0]
        for line in whole.decode("utf-8", errors="replace").splitlines():
            plain = COLOURS.sub("", line)
            if WARNING.search(plain):
                self._say(f"[{log.stem}] {plain}")
        return len(whole) + 1 if whole else 0


def set_aside_long_log(log: Path) -> None:
    """Called before a start: a log that has grown long becomes `NAME.log.1`."""
    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
