"""The facts about outputs that a bundle rests on, worked out by the same code that verifies it.

They are gathered output by output onto a spool, in one snapshot of the database, and told from
there: memory holds one output at a time, and where the rest lies.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

from provenance.accounts.access import Principal
from provenance.exports.disclosures import Disclosure, blobs_of, groups_by_size, open_fields
from provenance.exports.errors import EvidenceBroken
from provenance.exports.gathering import behind_output, of_case
from provenance.exports.selection import CaseThen
from provenance.exports.spool import Spool
from provenance.exports.verify import (
    Event,
    Evidence,
    Files,
    Problem,
    blobs_named_in,
    boxes_in,
    case_of,
    keys_destroyed_by,
    trace_of,
)
from provenance.integrity.verification.snapshot import one_snapshot

Json = dict[str, Any]


class Facts:
    """The events behind outputs, and what they say, from files on the spool."""

    def __init__(self, output_ids: Sequence[UUID], case: CaseThen | None, spool: Spool) -> None:
        self.output_ids, self.case, self.spool = output_ids, case, spool
        # Positions in the order of the log.
        self._behind: list[array[int]] = []
        self._of_case: array[int] = array("q")
        self._disclosures: dict[tuple[int, str], Disclosure] = {}
        self._destroyed: set[str] = set()

    def gather(self, principal: Principal) -> None:
        """Lays everything on the spool, as the log tells it to the principal.

        Raises RecordNotFound, NotSealedYet, EventReleased, BlobMissing, BoxDamaged,
        EvidenceBroken, EvidenceTooLarge.
        """
        with one_snapshot():
            for output_id in self.output_ids:
                self._behind.append(self._add(behind_output(output_id, principal=principal)))
            if self.case:
                with _borne_out():
                    self._of_case = self._add(of_case(self.case))

    @property
    def positions(self) -> list[int]:
        return sorted({place for each in (*self._behind, self._of_case) for place in each})

    def events(self) -> Iterator[Event]:
        """Every event, in the order of the log."""
        return map(self._event, self.positions)

    def traces(self) -> Iterator[Json]:
        """What the events say of each output. Raises EvidenceBroken."""
        for output_id, positions in zip(self.output_ids, self._behind, strict=True):
            with _borne_out():
                trace = trace_of(self._evidence(positions), str(output_id))
            yield trace

    def case_story(self) -> Json | None:
        """What happened in the case, if one was asked for. Raises EvidenceBroken."""
        if self.case is None:
            return None
        with _borne_out():
            return case_of(self._evidence(self._of_case), str(self.case.case_id))

    @property
    def erased(self) -> int:
        """How many sealed fields nobody can read, as events say."""
        return sum(each.kid in self._destroyed for each in self._gone)

    @property
    def unread(self) -> int:
        """How many lie under keys that are missing here, though nothing says that they went."""
        return len(self._gone) - self.erased

    def disclosures(self) -> list[Json]:
        """What disclosures.json holds."""
        ordered = sorted(self._disclosures.items(), key=lambda each: each[0][0])
        return [
            each.as_json(position, pointer, erased=each.kid in self._destroyed)
            for (position, pointer), each in ordered
        ]

    @property
    def _gone(self) -> list[Disclosure]:
        return [each for each in self._disclosures.values() if each.salt is None]

    def _add(self, events: Sequence[Event]) -> "array[int]":
        """Lays what is new of the events on the spool; the positions of all."""
        new = [event for event in events if _file_of(event.position) not in self.spool]
        self._destroyed |= keys_destroyed_by(new)
        for group in groups_by_size(new):
            self._add_group(group)
        return array("q", [event.position for event in events])

    def _add_group(self, events: Sequence[Event]) -> None:
        fields = open_fields(events)
        for event in events:
            self.spool.add(_file_of(event.position), event.raw)
        for field in fields:
            self._disclosures[field.event.position, field.pointer] = field.disclosure
            if field.plain is not None:
                self.spool.add(field.path, field.plain)
        for digest, data in blobs_of(events, fields).items():
            if f"blobs/{digest}" not in self.spool:
                self.spool.add(f"blobs/{digest}", data)

    def _event(self, position: int) -> Event:
        return Event.parse(position, self.spool[_file_of(position)])

    def _evidence(self, positions: Iterable[int]) -> Evidence:
        events = {position: self._event(position) for position in positions}
        blobs = {blob for event in events.values() for blob in blobs_named_in(event, ())}
        places = (
            (event.position, pointer)
            for event in events.values()
            for pointer, _ in boxes_in(event.data)
        )
        return Evidence(
            events=events,
            blobs=Files({blob: self._reader(f"blobs/{blob}") for blob in blobs}),
            texts=Files({place: self._reader(self._disclosures[place].path) for place in places}),
        )

    def _reader(self, path: str) -> "partial[bytes] | None":
        return partial(self.spool.__getitem__, path) if path in self.spool else None


def _file_of(position: int) -> str:
    return f"events/{position}.json"


@contextmanager
def _borne_out() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        raise EvidenceBroken(f"The log does not bear out this output: {problem}.") from problem
