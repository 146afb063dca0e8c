"""Client processes that write at the same time, each with its own connection."""

import multiprocessing
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from types import TracebackType

# Makes, inside the client process, the function that does one commit.
Opener = Callable[[], Callable[[], None]]


class Clients:
    """`count` processes, forked before any connection is open; each knows every variant."""

    def __init__(self, count: int, variants: Mapping[str, Opener]) -> None:
        context = multiprocessing.get_context("fork")
        self._start = context.Barrier(count)
        self._pipes, self._processes = [], []
        for _ in range(count):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, variants, self._start))
            process.start()
            self._pipes.append(here)
            self._processes.append(process)

    def commits_a_second(self, variant: str, *, seconds: float) -> float:
        """The sum over all clients, each counted over its own time."""
        for pipe in self._pipes:
            pipe.send((variant, seconds))
        return float(sum(pipe.recv() for pipe in self._pipes))

    def __enter__(self) -> "Clients":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(10)


def _serve(pipe: Connection, variants: Mapping[str, Opener], start: Barrier) -> None:
    opened: dict[str, Callable[[], None]] = {}
    while (request := pipe.recv()) is not None:
        variant, seconds = request
        if variant not in opened:
            opened[variant] = variants[variant]()
            opened[variant]()  # opens the connection and prepares the statement
        start.wait()
        pipe.send(_rate(opened[variant], seconds))


def _rate(commit: Callable[[], None], seconds: float) -> float:
    begun = time.perf_counter()
    done = 0
    while (passed := time.perf_counter() - begun) < seconds:
        commit()
        done += 1
    return done / passed
