"""Takes erased words out of the rows of interactions, and out of what they lent to other rows.

A prompt shows the question of its first retrieval, and an output that of its prompt. So the rows
that borrowed are written anew too, exactly as a rebuild writes them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from provenance.eventstore import store
from provenance.eventstore.events import SubjectKeyDestroyed
from provenance.eventstore.prefetching import prefetched
from provenance.eventstore.recorded import Recorded
from provenance.sealing.keys import key_id, keys_by_id
from retrieval.recording.events import OutputReported, PromptReported
from retrieval.recording.models import (
    InteractionOutput,
    InteractionPrompt,
    InteractionRetrieval,
)
from retrieval.recording.output_rows import rewrite_output
from retrieval.recording.prompt_rows import question_and_context


def erase_words(events: Iterable[Recorded[SubjectKeyDestroyed]]) -> None:
    """Folds destroyed keys, many at once: their order among themselves does not matter."""
    listed = list(events)
    retrievals = _owners(listed, "retrieval")
    prompts = _owners(listed, "prompt")
    outputs = _owners(listed, "output")
    _empty_retrievals(retrievals)
    borrowed = _rewrite_prompts(retrievals, prompts)
    _note_when([event for event in listed if event.data.owner == "output"])
    _rewrite_outputs(borrowed, outputs)


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
    rows = list(
        InteractionPrompt.objects.extra(
            where=["prompt_id = ANY(%s) OR retrieval_ids[1] = ANY(%s)"],
            params=[list(prompt_ids), list(retrieval_ids)],
        )
    )
    said = _still_said("prompt", [row.prompt_id for row in rows], PromptReported)
    first = InteractionRetrieval.objects.in_bulk(
        {row.retrieval_ids[0] for row in rows if row.retrieval_ids}
    )
    with prefetched(said.values()):
        for row in rows:
            row.question, row.context = question_and_context(
                said.get(row.prompt_id),
                first.get(row.retrieval_ids[0]) if row.retrieval_ids else None,
            )
    InteractionPrompt.objects.bulk_update(rows, ["question", "context"], batch_size=500)
    return [row.prompt_id for row in rows]


def _note_when(events: Sequence[Recorded[SubjectKeyDestroyed]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recording_output AS o SET erased_at = e.at"
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS e (output_id, at)"
            " WHERE o.output_id = e.output_id",
            [
                [event.data.owner_id for event in events],
                [event.recorded_at for event in events],
            ],
        )


def _rewrite_outputs(prompt_ids: Collection[UUID], output_ids: Collection[UUID]) -> None:
    rows = list(
        InteractionOutput.objects.filter(prompt_id__in=prompt_ids)
        | InteractionOutput.objects.filter(output_id__in=output_ids)
    )
    said = _still_said("output", [row.output_id for row in rows], OutputReported)
    prompts = InteractionPrompt.objects.in_bulk({row.prompt_id for row in rows})
    with prefetched(said.values()):
        for row in rows:
            rewrite_output(row.output_id, said.get(row.output_id), prompts[row.prompt_id])


def _still_said(
    kind: str, record_ids: Sequence[UUID], fact: type[Any]
) -> Mapping[UUID, Recorded[Any]]:
    """The facts of those records whose keys live: only these still have words."""
    kids = {key_id("interaction", record_id): record_id for record_id in record_ids}
    living = [kids[kid] for kid, key in keys_by_id(kids).items() if key is not None]
    streams = {f"{kind}-{record_id}": record_id for record_id in living}
    return {streams[each.stream]: each for each in store.read_streams(list(streams), types=[fact])}
