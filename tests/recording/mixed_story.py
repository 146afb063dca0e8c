"""Events in the orders in which they can come: causes first, what is derived from them whenever."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from provenance.eventstore.event_types import EventData, name_of
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.listings import store_listing
from provenance.eventstore.recorded import Actor, Recorded
from provenance.eventstore.sealed import Sealer
from provenance.impact.events import WordingCompared
from provenance.projections.projection import Projection
from provenance.sealing.keys import key_for
from retrieval.events import RetrievalServed
from retrieval.recording.events import (
    OutputReported,
    PromptAssembled,
    PromptReported,
    RetrievalReported,
    RetrievalResolved,
)
from retrieval.recording.resolution import ResolvedPassage, list_passages

BEGIN = datetime(2026, 11, 28, tzinfo=UTC)
KINDS = (
    *("served", "served", "reported", "reported"),
    *("prompt", "prompt", "prompt", "output", "output", "output", "output"),
    *("compared", "destroyed"),
)
STEPS = 90
LENGTH = 10

# Chunk, version, start if that is known.
Passage = tuple[UUID, UUID, Any]


class MixedStory:
    """A log by chance: two documents in two versions of three passages each, two applications."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311
        self.events: list[Recorded[Any]] = []
        self._documents = [self._id() for _ in range(2)]
        self._versions = {self._id(): each for each in self._documents for _ in range(2)}
        self._passages: list[Passage] = [
            (self._id(), version_id, number * LENGTH)
            for version_id in self._versions
            for number in range(3)
        ]
        self._returned: dict[UUID, list[Passage]] = {}
        self._prompts: dict[UUID, list[UUID]] = {}
        self._waiting: list[EventData] = []
        for _ in range(STEPS):
            getattr(self, f"_{self._chance.choice(KINDS)}")()
            while self._waiting and self._chance.random() < 0.3:
                self._derive()
        while self._waiting:
            self._derive()

    def _derive(self) -> None:
        self._record(self._waiting.pop(self._chance.randrange(len(self._waiting))))

    def _served(self) -> None:
        retrieval_id, found = self._id(), self._some(self._passages)
        self._returned[retrieval_id] = found
        results = store_listing(
            [
                [
                    *(rank, str(chunk_id), str(version_id), str(self._versions[version_id])),
                    *(1, start, start + LENGTH, None, 0, None, None),
                ]
                for rank, (chunk_id, version_id, start) in enumerate(found, 1)
            ]
        )
        self._record(
            _partly(
                RetrievalServed,
                retrieval_id=retrieval_id,
                top_k=2,
                results=results,
                **self._numbered(),
            )
        )

    def _reported(self) -> None:
        retrieval_id = self._id()
        # What has no place has no other name either.
        found = [
            each if self._chance.random() < 0.7 else (self._id(), each[1], None)
            for each in self._some(self._passages)
        ]
        self._returned[retrieval_id] = found
        self._record(_partly(RetrievalReported, retrieval_id=retrieval_id, **self._numbered()))
        passages = [
            ResolvedPassage(
                *(rank, str(chunk_id), "content", str(version_id)),
                *(str(self._versions[version_id]), 1),
                *((None, None) if start is None else (start, start + LENGTH)),
            )
            for rank, (chunk_id, version_id, start) in enumerate(found, 1)
        ]
        if self._chance.random() < 0.3:
            passages.append(ResolvedPassage(len(found) + 1, str(self._id())))
        self._waiting.append(
            _partly(
                RetrievalResolved,
                retrieval_id=retrieval_id,
                passages=store_listing(list_passages(passages)),
            )
        )

    def _prompt(self) -> None:
        prompt_id, retrieval_ids = self._id(), self._some(list(self._returned)[-4:])
        self._prompts[prompt_id] = retrieval_ids
        event_id = self._id()
        sealer = Sealer(event_id=event_id, key=key_for("interaction", prompt_id))
        template = {"name": self._chance.choice(["claims", "letters"]), "version": "1"}
        self._record(
            _partly(
                PromptReported,
                prompt_id=prompt_id,
                retrieval_ids=retrieval_ids,
                template=sealer.json("template", template),
                **self._numbered(),
            ),
            event_id,
        )
        returned = [each for id_ in retrieval_ids for each in self._returned[id_]]
        held = self._chance.sample(returned, self._chance.randrange(len(returned) + 1))
        places = sorted(self._chance.sample(range(0, 5_000, 150), len(held)))
        self._waiting.append(
            _partly(
                PromptAssembled,
                prompt_id=prompt_id,
                cut_short=self._chance.choice([[], [], ["spans"]]),
                spans=store_listing(
                    [
                        [0, None, start, start + LENGTH, None, str(chunk_id)]
                        for start, (chunk_id, _, _) in zip(places, held, strict=True)
                    ]
                ),
            )
        )

    def _output(self) -> None:
        if not self._prompts:
            return
        prompt_id = self._chance.choice(list(self._prompts)[-4:])
        returned = [p for id_ in self._prompts[prompt_id] for p in self._returned[id_]]
        waiting = {
            each.retrieval_id for each in self._waiting if isinstance(each, RetrievalResolved)
        }
        known = [] if waiting & set(self._prompts[prompt_id]) else returned
        cited = [
            [0, str(chunk_id), str(version_id), str(self._versions[version_id])]
            for chunk_id, version_id, _ in self._some(known)
        ]
        if self._chance.random() < 0.3:
            version_id = self._chance.choice(list(self._versions))
            cited.append([1, None, str(version_id), str(self._versions[version_id])])
        self._record(
            _partly(
                OutputReported,
                output_id=self._id(),
                prompt_id=prompt_id,
                cited=store_listing(cited) if cited else None,
                **self._numbered(),
            )
        )

    def _compared(self) -> None:
        document_id = self._chance.choice(self._documents)
        own = [each for each in self._passages if self._versions[each[1]] == document_id]
        self._record(
            _partly(
                WordingCompared,
                document_id=document_id,
                kind=self._chance.choice(["replaced", "withdrawn"]),
                outdated=store_listing(
                    [
                        [str(version_id), start + 2, start + LENGTH]
                        for _, version_id, start in self._chance.sample(own, 4)
                    ]
                ),
            )
        )

    def _destroyed(self) -> None:
        if self._prompts and self._chance.random() < 0.5:
            prompt_id = self._chance.choice(list(self._prompts))
            self._record(_partly(SubjectKeyDestroyed, owner="prompt", owner_id=prompt_id))

    def _record(self, data: EventData, event_id: UUID | None = None) -> None:
        at = BEGIN + timedelta(hours=len(self.events))
        self.events.append(
            Recorded(
                event_id=event_id or self._id(),
                type=name_of(type(data)),
                stream="",
                stream_version=0,
                position=len(self.events),
                occurred_at=at,
                recorded_at=at,
                correlation_id=None,
                causation_id=None,
                actor=Actor("api_key", "", self._chance.choice(["alice", "bob", None])),
                fingerprint=None,
                data=data,
            )
        )

    def _numbered(self) -> dict[str, int | None]:
        return {"sequence_number": self._chance.choice([None, self._chance.randrange(1, 200)])}

    def _some(self, among: Sequence[Any]) -> list[Any]:
        return self._chance.sample(among, self._chance.randrange(min(3, len(among)) + 1))

    def _id(self) -> UUID:
        return UUID(int=self._chance.getrandbits(128))


def _partly(event_type: type[EventData], **fields: Any) -> EventData:
    """With as much of it as the folds read."""
    return event_type.model_construct(**fields)


def rows_folded(
    projection: Projection, events: Sequence[Recorded[Any]], *, by: int
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table after events were folded, so many at a time."""
    concerned = [event for event in events if event.type in projection.event_names()]
    rows: dict[str, QuerySet[Any]] = {
        model._meta.db_table: QuerySet(model) for model in projection.tables
    }
    for each in rows.values():
        each.delete()
    for first in range(0, len(concerned), by):
        with transaction.atomic():
            projection.fold_batch(concerned[first : first + by])
    return {name: sorted(each.values_list(), key=repr) for name, each in rows.items()}
