"""A generation is built under load though its worker is killed, and switching spoils no answer."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import httpx
import pytest

from tests.embedded.running_up import wait_until
from tests.faults.administrator import Administrator
from tests.faults.applications import WORDS, Load
from tests.faults.conftest import Stack

RETRIEVALS, CLIENTS, SWITCHES = 1000, 3, 4
DOCUMENTS, SECTIONS = 3, 25
MODELS = {1: "hash-test", 2: "minilm"}
# The rebuilder is the last to get a core: beside other tests it may have to wait long.
SECONDS = 300


@pytest.fixture(scope="module")
def administrator(stack: Stack) -> Iterator[Administrator]:
    with Administrator(stack) as administrator:
        yield administrator


def test_a_rebuild_under_load_ends_like_one_at_rest_though_its_worker_is_killed_twice(
    stack: Stack, administrator: Administrator
) -> None:
    for number in range(DOCUMENTS):
        administrator.hand_in(f"long-{number}", _long_text(number))
    # One that takes its time, because the rebuilder works when nobody else wants the core.
    with Load(stack.running.address, stack.key, clients=1, pause=1.5) as load:
        wait_until(lambda: load.kinds_told > 0, seconds=SECONDS)
        generation, embedded = administrator.build("minilm"), 0
        for _ in range(2):
            embedded = _wait_for_more(administrator, generation, embedded)
            assert administrator.generation(generation)["state"] == "building"
            _kill(stack, "rebuilder")
    administrator.wait_for(generation, "verified")
    assert administrator.generation(generation)["root"]
    wait_until(lambda: not administrator.generation(generation)["owed_versions"], seconds=SECONDS)
    assert stack.read_models_that_differ() == {}


def test_no_retrieval_fails_or_mixes_generations_while_the_index_is_switched(
    stack: Stack, administrator: Administrator
) -> None:
    with Asking(stack) as asking:
        for switch in range(SWITCHES):
            asking.wait_for(RETRIEVALS // (SWITCHES + 1))
            administrator.activate(2 if switch % 2 == 0 else 1)
        asking.wait_for(RETRIEVALS - len(asking.generations))
    assert asking.wrong == []
    served = Counter(asking.generations)
    assert served.keys() == MODELS.keys()
    assert served.total() >= RETRIEVALS


class Asking:
    """Clients that retrieve while its `with` block lasts; any answer but a whole one is wrong."""

    def __init__(self, stack: Stack) -> None:
        self.generations: list[int] = []
        self.wrong: list[str] = []
        self._stack, self._stopped = stack, threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=[n]) for n in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        wanted = len(self.generations) + more
        wait_until(lambda: len(self.generations) >= wanted or bool(self.wrong), seconds=SECONDS)

    def _ask(self, number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        with httpx.Client(
            base_url=f"{self._stack.running.address}/api/v1",
            headers={"Authorization": f"Bearer {self._stack.key}"},
            timeout=60,
        ) as client:
            while not self._stopped.is_set():
                question = {"query": f"What about {chance.choice(WORDS)}?"}
                try:
                    self._judge(client.post("/retrievals", json=question))
                except httpx.TransportError as error:
                    self.wrong.append(repr(error))

    def _judge(self, answer: httpx.Response) -> None:
        if not answer.is_success:
            self.wrong.append(f"{answer.status_code} {answer.text}")
            return
        told = answer.json()
        receipt = told["receipt"]
        if MODELS[receipt["index_generation"]] != receipt["embedding_model"] or not told["results"]:
            self.wrong.append(str(receipt))
        self.generations.append(receipt["index_generation"])


def _wait_for_more(administrator: Administrator, generation: int, embedded: int) -> int:
    """Waits until more is embedded than before; returns how much."""
    done = embedded

    def moved() -> bool:
        nonlocal done
        told = administrator.generation(generation)["progress"]
        done = told["done"] if told["phase"] == "embedding" else done
        return done > embedded

    wait_until(moved, seconds=SECONDS)
    return done


def _kill(stack: Stack, victim: str) -> None:
    killed = stack.running.processes[victim]
    os.killpg(killed, signal.SIGKILL)
    wait_until(lambda: stack.running.processes.get(victim, killed) != killed, seconds=SECONDS)


def _long_text(number: int) -> str:
    """Sections of about a passage each, no two alike."""
    chance = random.Random(number)  # noqa: S311
    sections = []
    for section in range(SECTIONS):
        words = " ".join(chance.choice(WORDS) + f" {chance.randrange(10**6)}" for _ in range(60))
        sections.append(f"## Section {section}\n\n{words}.\n")
    return "\n".join(sections)
