"""The record of a review as a page shows it: names for people, sentences and passages by number."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from provenance.pages.people import names_of
from provenance.pages.timeline import TimelineEvent
from provenance.pages.trace.page import TracePage
from provenance.pages.trace.sources import Source

Json = dict[str, Any]
LABEL = 90


@dataclass(frozen=True)
class Pins:
    """What a finding can be pinned to: sentences by their span, passages by their ids."""

    sentences: Sequence[tuple[str, str]]
    passages: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, trace: Mapping[str, Any], page: TracePage) -> "Pins":
        spans = sorted(trace["attribution"], key=lambda each: each["start"])
        return cls(
            sentences=[
                (f"{span['start']}-{span['end']}", f"{number}. {_short(span['text'])}")
                for number, span in enumerate(spans, start=1)
            ],
            passages=[
                (
                    f"{passage.source.version_id}/{passage.chunk_id}",
                    f"{passage.number}. {_source(passage.source)}",
                )
                for passage in page.passages
                if passage.source.version_id and passage.chunk_id
            ],
        )

    def place(self, finding: Json) -> Json:
        """Where a finding lies, in the words of the page."""
        span = f"{finding['start']}-{finding['end']}"
        passage = f"{finding['version_id']}/{finding['chunk_id']}"
        return {
            "sentence": dict(self.sentences).get(span, "") if finding["end"] else "",
            "sentence_number": dict(self.sentences).get(span, "").partition(".")[0],
            "passage": dict(self.passages).get(passage, ""),
            "passage_number": dict(self.passages).get(passage, "").partition(".")[0],
        }


def with_names(record: Json) -> Json:
    """The record with a name beside each `..._by`, in two queries whatever its length."""
    names = names_of([*_people(record), *_assignee(record)])
    due_on = record["due_on"]
    told: Json = _named(record, names)
    return told | {
        "assignee_name": names.get(f"user {record['assignee']}", ""),
        "due_on": date.fromisoformat(due_on) if due_on else None,
    }


def log_of(record: Json) -> list[TimelineEvent]:
    return [
        TimelineEvent(each["type"], each["position"], each["recorded_at"], each["event_id"])
        for each in record["events"]
    ]


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_named(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    told = {key: _named(each, names) for key, each in value.items()}
    return told | {
        f"{key}_name": names.get(each, each)
        for key, each in value.items()
        if key.endswith("_by") and isinstance(each, str)
    }


def _people(value: Any) -> Iterable[str]:
    if isinstance(value, list):
        for each in value:
            yield from _people(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key.endswith("_by") and isinstance(each, str):
                yield each
            else:
                yield from _people(each)


def _assignee(record: Json) -> list[str]:
    return [f"user {record['assignee']}"] if record["assignee"] else []


def _source(source: Source) -> str:
    return gettext("%(title)s, version %(version_number)s") % {
        "title": _short(source.title or gettext("Untitled")),
        "version_number": source.version_number,
    }


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LABEL else f"{plain[:LABEL]}…"
