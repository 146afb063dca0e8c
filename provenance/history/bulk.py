"""Runs a sample of recorded retrievals again, and counts how they came out."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from provenance.accounts.access import SYSTEM_PRINCIPAL
from provenance.history.recorded_questions import recorded_retrieval
from provenance.history.reproduction import Reproduction, record, run_again
from provenance.history.verdicts import Cause, Verdict
from retrieval.generations.from_the_log import DroppedGenerations
from retrieval.recording.models import InteractionRetrieval

WORST = 10


@dataclass
class Report:
    """Counts by verdict and cause; `worst` are the retrievals that kept least of their answer."""

    counts: Counter[tuple[Verdict, Cause | None]] = field(default_factory=Counter)
    worst: list[tuple[float, UUID, str]] = field(default_factory=list)

    def add(self, found: Reproduction) -> None:
        self.counts[found.verdict, found.cause] += 1
        if found.cause is not None:
            kept = overlap(found)
            told = f"{found.verdict}, {found.cause}"
            self.worst.append((kept, found.retrieval.data.retrieval_id, told))
            self.worst.sort(key=lambda each: (Cause.UNEXPLAINED not in each[2], each[0]))
            del self.worst[WORST:]

    @property
    def unexplained(self) -> int:
        return sum(n for (_, cause), n in self.counts.items() if cause is Cause.UNEXPLAINED)


def overlap(found: Reproduction) -> float:
    """The share of the answer's passages that came back; 1 for an empty answer."""
    before = {each.chunk_id for each in found.retrieval.answer}
    after = {each.chunk_id for each in found.answer}
    return len(before & after) / len(before) if before else 1.0


def sample(*, since: datetime | None, size: int | None) -> list[UUID]:
    """Retrievals that were served here, at random where there are more than `size`."""
    served = InteractionRetrieval.objects.filter(reported=False)
    if since is not None:
        served = served.filter(recorded_at__gte=since)
    ids = list(served.order_by("position").values_list("retrieval_id", flat=True))
    if size is None or size >= len(ids):
        return ids
    return random.SystemRandom().sample(ids, size)


def reproduce_all(
    retrieval_ids: Sequence[UUID], *, done: Callable[[int], None] = lambda _: None
) -> Report:
    """Runs each again and records its outcome; `done` hears how many are."""
    report = Report()
    for number, found in enumerate(_each(retrieval_ids), start=1):
        report.add(found)
        done(number)
    return report


def _each(retrieval_ids: Sequence[UUID]) -> Iterator[Reproduction]:
    with DroppedGenerations() as dropped:
        for retrieval_id in retrieval_ids:
            retrieval = recorded_retrieval(retrieval_id, principal=SYSTEM_PRINCIPAL)
            found = run_again(retrieval, dropped)
            record(found, actor=SYSTEM_PRINCIPAL.actor)
            yield found
