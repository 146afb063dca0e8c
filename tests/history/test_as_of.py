"""A search at a position finds what was found when that position was the end of the log."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingestion.commands import submit_document, withdraw_document
from ingestion.embeddings.registry import embedder
from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.eventstore import store
from retrieval import search as searching
from retrieval.commands import record_passed_dates
from retrieval.generations.active import active_generation
from retrieval.search import Found, Question, search

pytestmark = pytest.mark.django_db
Work = Callable[[], None]
WORDS = [
    "claim",
    "dental",
    "storm",
    "waiting",
    "months",
    "period",
    "cover",
    "fee",
    "hail",
    "travel",
]
TODAY = datetime.now(UTC)
DAYS = [TODAY + timedelta(days=days) for days in (-20, -10, 10, 20)]
MOMENTS = [TODAY - timedelta(days=15), TODAY, TODAY + timedelta(days=15)]


class History:
    """Random acts on a few documents, each with what searches found right after it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311  a history that can be repeated
        self.documents: dict[str, Any] = {}
        self.texts: dict[str, str] = {}

    def act(self) -> None:
        name = f"document-{self.dice.randrange(5)}"
        chance = self.dice.random()
        if name in self.documents and chance < 0.2:
            self.withdraw(name)
        elif name in self.documents and chance < 0.4:
            self.submit(name, self.texts[name])
        else:
            self.submit(name, " ".join(self.dice.choices(WORDS, k=30)))

    def submit(self, name: str, text: str) -> None:
        """The same text again describes the version anew."""
        submitted = submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=text.encode(),
            external_id=name,
            collection=self.dice.choice(("claims", "default")) if not self.texts else "claims",
            media_type="text/plain",
            metadata={"kind": self.dice.choice(("a", "b"))},
            effective_from=self.dice.choice((None, None, *DAYS[:3])),
            effective_until=self.dice.choice((None, None, DAYS[3])),
        )
        self.documents[name], self.texts[name] = submitted.document_id, text

    def withdraw(self, name: str) -> None:
        withdraw_document(
            principal=SYSTEM_PRINCIPAL,
            document_id=self.documents[name],
            reason="over",
            effective_from=self.dice.choice((None, DAYS[2])),
        )

    def question(self) -> Question:
        words = " ".join(self.dice.choices(WORDS, k=3))
        mode = self.dice.choice(("hybrid", "vector", "text"))
        return Question(
            query=words,
            vector=None if mode == "text" else embedded(words),
            mode=mode,
            effective_at=self.dice.choice(MOMENTS),
            collections=self.dice.choice((None, ["claims"], ["claims", "default"])),
            metadata=self.dice.choice(({}, {}, {"kind": "a"})),
            exact=True,
        )


def embedded(words: str) -> Any:
    return embedder(active_generation().embedding_model).embed_query(words)


def ranked(found: Found) -> list[tuple[Any, ...]]:
    return [tuple(each) for each in found.ranking]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_past_is_found_as_it_was(run_work: Work, seed: int) -> None:
    run_work()
    history = History(seed)
    then: list[tuple[Question, Found]] = []
    for step in range(14):
        history.act()
        if step == 10:
            assert record_passed_dates(now=TODAY + timedelta(days=12)) or step
        run_work()
        for _ in range(4):
            question = history.question()
            then.append((question, search(question, active_generation())))

    assert sum(bool(found.ranking) for _, found in then) > 20
    for question, found in then:
        again = search(replace(question, as_of=found.position), active_generation())
        assert ranked(again) == ranked(found)
        assert again.frequencies == found.frequencies
        assert [source.metadata for source in again.sources] == [
            source.metadata for source in found.sources
        ]


def test_many_passages_of_the_past_are_looked_up_and_the_search_says_so(
    run_work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_work()
    for number in range(12):
        submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=f"{WORDS[number % 10]} number {number}".encode(),
            external_id=f"document-{number}",
            media_type="text/plain",
        )
    run_work()
    then = store.head_position()
    for number in range(4):
        submit_document(
            principal=SYSTEM_PRINCIPAL,
            content=f"replaced {number}".encode(),
            external_id=f"document-{number}",
            media_type="text/plain",
        )
    run_work()
    asked = Question(
        query="dental number", vector=embedded("dental number"), effective_at=TODAY, as_of=then
    )

    few = search(asked, active_generation())
    assert few.method == "exact"
    monkeypatch.setattr(searching, "FEW", 5)
    for mode in ("hybrid", "vector"):
        question = replace(asked, mode=mode)
        many = search(question, active_generation())
        exact = search(replace(question, exact=True), active_generation())
        assert (many.method, exact.method) == ("hnsw", "exact")
        assert ranked(many) == ranked(exact)
        assert len(many.ranking) == 12
    # Most of what counted is live no more: the vector index would not help.
    monkeypatch.setattr(searching, "PART_PERCENT", 90)
    assert search(asked, active_generation()).method == "exact"
