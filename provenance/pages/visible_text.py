"""Turns text from documents, prompts and outputs into HTML that cannot act unseen."""

import re
import unicodedata

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

# Controls, invisible formatting, bidirectional overrides, tags and noncharacters; not tab, newline.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Persian, Indic scripts and emoji are spelled with these two; among Latin letters they only hide.
_JOINERS = "\u200c\u200d"
_LAST_LATIN = 0x2FF


def as_html(text: str) -> SafeString:
    """`text` escaped, with a visible marker in place of every character that would act unseen."""
    pieces: list[str] = []
    done = 0
    for found in _UNSEEN.finditer(text):
        at = found.start()
        if found[0] == "\r" and text[at + 1 : at + 2] == "\n":
            continue
        if found[0] in _JOINERS and at > 0 and ord(text[at - 1]) > _LAST_LATIN:
            continue
        pieces += (escape(text[done:at]), _marker(found[0]))
        done = found.end()
    pieces.append(escape(text[done:]))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece above is escaped


def as_label(text: str) -> str:
    """`text` for an attribute or a page title: invisible characters named in plain letters."""
    return _UNSEEN.sub(lambda found: f"[{_code(found[0])}]", text)


def _marker(character: str) -> SafeString:
    name = unicodedata.name(character, gettext("control character"))
    return format_html(
        '<span class="control" title="{}">{}</span>', name.capitalize(), _code(character)
    )


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
