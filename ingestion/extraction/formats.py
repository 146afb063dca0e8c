"""Which extractor reads which media type, and what holds for the text of all of them."""

import re
from dataclasses import replace
from functools import cache
from importlib import import_module

from ingestion import media_types
from ingestion.extraction.characters import warnings_about
from ingestion.extraction.decoding import decoded_as_stated
from ingestion.extraction.extracted import Extracted, ExtractionFailed, Extractor

# Modules are imported when first needed: the child starts with one parser, not with all.
MODULES = {
    media_types.MARKDOWN: "markdown",
    media_types.PLAIN_TEXT: "plain_text",
    media_types.HTML: "html_page",
    media_types.PDF: "pdf",
    media_types.DOCX: "word",
    media_types.DOCM: "word",
}
MAX_TITLE = 500
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def extractor_for(media_type: str, form: str = "") -> Extractor:
    """The one that reads the format in a form of its own, where it has one by that name.

    Raises UnsupportedMediaType.
    """
    bare = media_types.bare(media_type)
    if bare not in MODULES:
        raise media_types.UnsupportedMediaType(f"The media type {bare!r}")
    return _extractor(MODULES[bare], form)


@cache
def _extractor(module: str, form: str) -> Extractor:
    found = import_module(f"ingestion.extraction.{module}")
    extractor: Extractor = getattr(found, "FORMS", {}).get(form, found.EXTRACTOR)
    return extractor


def needs_no_parser(content: bytes, media_type: str) -> bool:
    """True for text whose encoding is beyond doubt: reading it is one decoding, and no risk."""
    return media_types.bare(media_type) in {media_types.MARKDOWN, media_types.PLAIN_TEXT} and (
        decoded_as_stated(content, charset=media_types.charset_of(media_type)) is not None
    )


def extract_here(content: bytes, media_type: str, form: str = "") -> Extracted:
    """Extracts in this process. Raises ExtractionFailed, UnsupportedMediaType."""
    extractor = extractor_for(media_type, form)
    found = extractor.extract(content, charset=media_types.charset_of(media_type))
    if not found.text.strip().strip("\ufeff"):
        raise ExtractionFailed("no_text", "The document is empty: it holds no text.")
    language = (found.language or "").replace("_", "-")
    return replace(
        found,
        title=_one_line(found.title),
        language=language if LANGUAGE.fullmatch(language) else None,
        warnings=found.warnings + warnings_about(found.text),
        extractor_name=extractor.name,
        extractor_version=extractor.version,
    )


def _one_line(title: str | None) -> str | None:
    return " ".join((title or "").replace("\0", "").split())[:MAX_TITLE] or None
