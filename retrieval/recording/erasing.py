"""Takes erased words out of the rows of interactions, and out of what they lent to other rows.

A prompt shows the question of its first retrieval, and an output that of its prompt. So the rows
that borrowed are written anew too, exactly as a rebuild writes them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from provenance.eventstore import store
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.eventstore.released import released_streams
from provenance.sealing.keys import key_id, living
from retrieval.recording.events import OutputReported, PromptReported
from retrieval.recording.models import (
    InteractionOutput,
    InteractionPrompt,
    InteractionRetrieval,
)
from retrieval.recording.output_rows import rewrite_outputs
from retrieval.recording.prompt_rows import rewrite_prompts


def erase_words(events: Iterable[Recorded[SubjectKeyDestroyed]]) -> None:
    """Folds destroyed keys, many at once: their order among themselves does not matter."""
    listed = list(events)
    retrievals = _owners(listed, "retrieval")
    prompts = _owners(listed, "prompt")
    outputs = _owners(listed, "output")
    _note_when("prompt", listed)
    _note_when("output", listed)
    _empty_retrievals(retrievals)
    _rewrite_outputs(_rewrite_prompts(retrievals, prompts), outputs)


def _owners(events: Iterable[Recorded[SubjectKeyDestroyed]], owner: str) -> list[UUID]:
    return [event.data.owner_id for event in events if event.data.owner == owner]


def _empty_retrievals(retrieval_ids: Sequence[UUID]) -> None:
    if retrieval_ids:
        with connection.cursor() as cursor:
            # How many passages were reported lay in the sealed list; what was served did not.
            cursor.execute(
                "UPDATE recording_retrieval SET query = '', context = '{}',"
                " results = CASE WHEN reported THEN 0 ELSE results END"
                " WHERE retrieval_id = ANY(%s)",
                [list(retrieval_ids)],
            )


def _rewrite_prompts(retrieval_ids: Sequence[UUID], prompt_ids: Sequence[UUID]) -> list[UUID]:
    """Rewrites the prompts, and those that begin with one of the retrievals; returns them all."""
    found = InteractionPrompt.objects.extra(
        where=["prompt_id = ANY(%s) OR retrieval_ids[1] = ANY(%s)"],
        params=[list(prompt_ids), list(retrieval_ids)],
    )
    said = _still_said("prompt", found.values_list("prompt_id", flat=True), PromptReported)
    rows = [row for row in found if row.erased_at is not None or row.prompt_id in said]
    first = InteractionRetrieval.objects.in_bulk(
        {row.retrieval_ids[0] for row in rows if row.retrieval_ids}
    )
    with prefetched(event for event in said.values() if event):
        rewrite_prompts(
            (row.prompt_id, said.get(row.prompt_id), first.get(next(iter(row.retrieval_ids), None)))
            for row in rows
        )
    return [row.prompt_id for row in rows]


def _rewrite_outputs(prompt_ids: Collection[UUID], output_ids: Collection[UUID]) -> None:
    found = InteractionOutput.objects.filter(Q(prompt_id__in=prompt_ids) | Q(pk__in=output_ids))
    said = _still_said("output", found.values_list("output_id", flat=True), OutputReported)
    rows = [
        row
        for row in found.only("output_id", "prompt_id", "erased_at")
        if row.erased_at is not None or row.output_id in said
    ]
    prompts = InteractionPrompt.objects.in_bulk({row.prompt_id for row in rows})
    with prefetched(event for event in said.values() if event):
        rewrite_outputs(
            (row.output_id, said.get(row.output_id), prompts[row.prompt_id]) for row in rows
        )


def _note_when(owner: str, events: Iterable[Recorded[SubjectKeyDestroyed]]) -> None:
    """A row whose key is gone and that says nothing of it waits for its own event, further on."""
    erased = [event for event in events if event.data.owner == owner]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE recording_{owner} AS r SET erased_at = e.at"  # noqa: S608
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS e (id, at)"
            f" WHERE r.{owner}_id = e.id",
            [[event.data.owner_id for event in erased], [event.recorded_at for event in erased]],
        )


def _still_said(
    kind: str, record_ids: Iterable[UUID], fact: type[Any]
) -> Mapping[UUID, Recorded[Any] | None]:
    """The facts of those records whose keys live: only these still have words.

    None where the words lie in an archive: what such a row borrowed goes with what it quoted.
    """
    kids = {key_id("interaction", record_id): record_id for record_id in record_ids}
    streams = {f"{kind}-{kids[kid]}": kids[kid] for kid in living(kids)}
    if not streams:
        return {}
    here = store.read_streams_here(list(streams), types=[fact])
    return {
        **dict.fromkeys(streams[stream] for stream in released_streams(streams)),
        **{streams[each.stream]: each for each in here},
    }
