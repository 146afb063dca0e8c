"""Runs a parser in a child process with limits, so that a hostile file costs only itself."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ingestion.extraction.extracted import Extracted, ExtractionFailed, Page
from ingestion.extraction.formats import extract_here, needs_no_parser

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_SECONDS = 20
DEFAULT_MEMORY_BYTES = 512 * 1024 * 1024
# Text of 25 MiB, every character escaped as \uXXXX.
MAX_ANSWER_BYTES = 160 * 1024 * 1024
BEAT_SECONDS = 5


def extract(
    content: bytes,
    *,
    media_type: str,
    form: str = "",
    seconds: int = DEFAULT_SECONDS,
    memory_bytes: int = DEFAULT_MEMORY_BYTES,
    while_waiting: Callable[[], None] = lambda: None,
) -> Extracted:
    """The text of one file. `while_waiting` is called every few seconds; what it raises ends it.

    Raises ExtractionFailed, UnsupportedMediaType.
    """
    if needs_no_parser(content, media_type):
        return extract_here(content, media_type, form)
    answer = answered(
        "ingestion.extraction.child",
        media_type,
        form,
        content=content,
        seconds=seconds,
        memory_bytes=memory_bytes,
        while_waiting=while_waiting,
    )
    pages = tuple(Page(*page) for page in answer.pop("pages"))
    answer["warnings"] = tuple(answer["warnings"])
    return Extracted(pages=pages, **answer)


def answered(
    module: str,
    *arguments: str,
    content: bytes,
    seconds: int,
    memory_bytes: int,
    while_waiting: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """What a module says about one file in a process of its own. Raises ExtractionFailed."""
    with tempfile.TemporaryDirectory(prefix="ragledger-extract-") as folder:
        child = Child(folder, module, arguments, seconds=seconds, memory_bytes=memory_bytes)
        try:
            return child.answer(content, while_waiting)
        finally:
            child.kill()


class Child:
    """One parser process, in a session of its own, without the parent's environment."""

    def __init__(
        self,
        folder: str,
        module: str,
        arguments: Sequence[str],
        *,
        seconds: int,
        memory_bytes: int,
    ) -> None:
        self._seconds = seconds
        self._memory = memory_bytes
        self._deadline = time.monotonic() + seconds
        self._answer = b""
        limits = [str(memory_bytes), str(seconds)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", module, *limits, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={"PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            close_fds=True,
        )

    def answer(self, content: bytes, while_waiting: Callable[[], None]) -> dict[str, Any]:
        threads = [
            threading.Thread(target=self._feed, args=(content,), daemon=True),
            threading.Thread(target=self._listen, daemon=True),
        ]
        for thread in threads:
            thread.start()
        while threads[1].is_alive():
            left = self._deadline - time.monotonic()
            if left <= 0:
                self.kill()
                raise _timeout(self._seconds)
            threads[1].join(min(left, BEAT_SECONDS))
            if threads[1].is_alive():
                while_waiting()
        return self._outcome()

    def kill(self) -> None:
        """Ends the child and whatever it may have started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _feed(self, content: bytes) -> None:
        # A child that died has closed its end; its exit says why.
        with suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.write(content)
                self._process.stdin.close()

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            if self._process.stdout is not None:
                self._answer = self._process.stdout.read(MAX_ANSWER_BYTES)

    def _outcome(self) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(self._answer)
        except ValueError:
            raise self._why_silent() from None
        if answer.get("failed") == "memory":
            raise _memory(self._memory)
        if "failed" in answer:
            raise ExtractionFailed(answer["failed"], answer["message"])
        return answer

    def _why_silent(self) -> ExtractionFailed:
        """The child ended without an answer: its exit status tells why."""
        if len(self._answer) >= MAX_ANSWER_BYTES:
            return ExtractionFailed("too_long", "The file yields more text than can be kept.")
        try:
            status = self._process.wait(timeout=max(0.1, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return _timeout(self._seconds)
        if status in {-signal.SIGXCPU, -signal.SIGALRM}:
            return _timeout(self._seconds)
        if status == -signal.SIGKILL:
            return _memory(self._memory)
        return ExtractionFailed(
            "crashed", "The file made its parser crash: it is damaged, or made to do harm."
        )


def _timeout(seconds: int) -> ExtractionFailed:
    return ExtractionFailed("timeout", f"Reading the file took longer than {seconds} seconds.")


def _memory(memory_bytes: int) -> ExtractionFailed:
    return ExtractionFailed(
        "memory", f"Reading the file took more than {memory_bytes >> 20} MiB of memory."
    )
