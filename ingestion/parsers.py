"""Which program reads each format today, as the settings and the installed libraries say."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import orjson
from django.conf import settings

from ingestion import media_types
from ingestion.extraction.formats import MODULES, extractor_for


@dataclass(frozen=True)
class Parsers:
    """Name and version of the program by media type."""

    programs: Mapping[str, tuple[str, str]]

    @property
    def label(self) -> str:
        """The same programs in the same versions have the same one."""
        named = orjson.dumps(self.listed, option=orjson.OPT_SORT_KEYS)
        return f"parsers/{hashlib.sha256(named).hexdigest()[:12]}"

    @property
    def listed(self) -> dict[str, str]:
        return {media_type: " ".join(program) for media_type, program in self.programs.items()}

    def read_with(self, media_type: str) -> tuple[str, str] | None:
        """None where no program reads the format: its text was handed in with it."""
        return self.programs.get(media_types.bare(media_type))


def form_of(media_type: str) -> str:
    """How the settings want a format read that can be read in several ways."""
    forms = {media_types.HTML: settings.HTML_TEXT, media_types.PDF: settings.PDF_TEXT}
    return forms.get(media_types.bare(media_type), "")


def parsers_of_today() -> Parsers:
    return _parsers(tuple((media_type, form_of(media_type)) for media_type in MODULES))


@cache
def _parsers(forms: tuple[tuple[str, str], ...]) -> Parsers:
    """It imports every parser."""
    programs = {}
    for media_type, form in forms:
        extractor = extractor_for(media_type, form)
        programs[media_type] = extractor.name, extractor.version
    return Parsers(programs)
