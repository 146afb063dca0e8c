"""What differs between two versions besides their words: titles, dates, origin, metadata."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from ingestion.models import CatalogueVersion

FACTS = (
    ("title", gettext_noop("Title")),
    ("effective_from", gettext_noop("Effective from")),
    ("effective_until", gettext_noop("Effective until")),
    ("collection", gettext_noop("Collection")),
    ("external_id", gettext_noop("External id")),
    ("source_uri", gettext_noop("Source")),
    ("source_version", gettext_noop("Source version")),
    ("file_name", gettext_noop("File")),
    ("media_type", gettext_noop("Type")),
    ("language", gettext_noop("Language")),
    ("extractor", gettext_noop("Text extracted by")),
)


@dataclass(frozen=True)
class Difference:
    """A fact with its two values; None where it is not stated. Times are shown as days."""

    name: str
    before: Any
    after: Any

    @property
    def is_time(self) -> bool:
        return isinstance(self.before or self.after, datetime)


def differences(before: CatalogueVersion, after: CatalogueVersion) -> Sequence[Difference]:
    return [*_facts(before, after), *_metadata(before.metadata, after.metadata)]


def _facts(before: CatalogueVersion, after: CatalogueVersion) -> Iterator[Difference]:
    for field, name in FACTS:
        one, other = getattr(before, field) or None, getattr(after, field) or None
        if one != other:
            yield Difference(gettext(name), one, other)


def _metadata(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    for name in sorted({*before, *after}):
        one, other = before.get(name), after.get(name)
        if one != other:
            yield Difference(name, one, other)
