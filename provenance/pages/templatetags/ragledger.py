"""What templates need: text without hidden effects, times in UTC, icons, sizes."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode

from django import template
from django.utils.dates import MONTHS_3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from ingestion import media_types
from provenance.history.told import Told
from provenance.integrity import base64_text
from provenance.pages import markdown_marks, record_words, visible_text
from provenance.pages.icons import PATHS
from provenance.pages.trace.sources import Passage

register = template.Library()
FORMATS = {
    media_types.MARKDOWN: "Markdown",
    media_types.PLAIN_TEXT: gettext_noop("plain text"),
    media_types.HTML: "HTML",
    media_types.PDF: "PDF",
    media_types.DOCX: "Word",
    media_types.DOCM: "Word",
}


@register.filter
def visible(text: object) -> SafeString:
    """Text that others wrote: escaped, with markers for characters that would act unseen."""
    return visible_text.as_html("" if text is None else str(text))


@register.filter
def quoted(text: str) -> SafeString:
    """The same to the letter, with the marks of Markdown set back behind the words."""
    return markdown_marks.with_quiet_marks(text)


@register.filter
def label(text: object) -> str:
    """The same for attributes and page titles."""
    return visible_text.as_label("" if text is None else str(text))


@register.filter
def translated(sentences: Told) -> str:
    """In the reader's language what programs are told in English."""
    return sentences.translated()


@register.filter
def utc(moment: datetime | str | None) -> SafeString | str:
    """`23 Nov 2026, 14:03:22 UTC` in a <time> that carries the microseconds."""
    return _time(moment, "%H:%M:%S UTC")


@register.filter
def utc_day(moment: datetime | date | str | None) -> SafeString | str:
    """`23 Nov 2026`, and the time of day only where it is not midnight."""
    parsed = _parsed(moment)
    if parsed is None:
        return ""
    return _time(parsed, "%H:%M UTC" if (parsed.hour, parsed.minute) != (0, 0) else "")


@register.filter
def utc_clock(moment: datetime | str | None) -> SafeString | str:
    """`14:03:22.417` in a <time> that carries the whole."""
    parsed = _parsed(moment)
    if parsed is None:
        return ""
    shown = f"{parsed:%H:%M:%S}.{parsed.microsecond // 1000:03d}"
    return format_html('<time datetime="{}">{}</time>', _stamp(parsed), shown)


@register.filter
def short(identifier: object) -> SafeString:
    """The last 12 digits of an id, which differ where version-7 ids begin alike."""
    text = str(identifier)
    return format_html('<code title="{}">…{}</code>', text, text[-12:])


@register.filter
def base64(digest: bytes) -> str:
    """A hash as checkpoints and proofs write it."""
    return base64_text.encode(bytes(digest))


@register.filter
def format_name(media_type: str) -> str:
    """`Word` for the media type of a .docx; an unknown one as it is."""
    return gettext(FORMATS[media_type]) if media_type in FORMATS else media_type


@register.filter
def said(word: str | None) -> str:
    """A word of the record, a role or a state, in the reader's language."""
    return record_words.in_words(word or "")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing that repeats what the words beside it say."""
    return mark_safe(  # noqa: S308 - the paths are constants
        '<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">'
        f"{PATHS[name]}</svg>"
    )


@register.simple_tag
def querystring_of(**values: object) -> str:
    """`collection=a%26b`, for a link of its own; {% querystring %} changes the page's."""
    return urlencode({name: value for name, value in values.items() if value not in {None, ""}})


@register.simple_tag
def badge(passage: Passage) -> SafeString:
    """The number that names a passage everywhere on its page, as a link to the passage."""
    return format_html(
        '<a class="badge hue-{}" href="#passage-{}" title="{}">'
        '<span class="unseen">{} </span>{}</a>',
        passage.source.hue,
        passage.number,
        visible_text.as_label(passage.source.title),
        gettext("Passage"),
        passage.number,
    )


def _time(moment: datetime | date | str | None, clock: str) -> SafeString | str:
    parsed = _parsed(moment)
    if parsed is None:
        return ""
    shown = f"{parsed.day} {MONTHS_3[parsed.month].title()} {parsed.year}"
    if clock:
        shown = f"{shown}, {parsed.strftime(clock)}"
    return format_html('<time datetime="{}">{}</time>', _stamp(parsed), shown)


def _parsed(moment: datetime | date | str | None) -> datetime | None:
    if not moment:
        return None
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
