"""Every text that a person reads in a template goes through translation."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import tag_re

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
# Evidence reads the same everywhere.
ENGLISH = TEMPLATES / "exports"
READ = ("title", "aria-label", "placeholder", "alt", "data-label")
# What is drawn, done or typed, and no text.
SILENT = frozenset({"script", "style", "pre", "code", "kbd", "svg"})
# The product's name, formats, abbreviations and addresses.
NAMES = re.compile(r"\b(RAGLedger|UTC|CSV|JSON Lines|SHA-256|ms)\b|^/[a-z/]*$")
LETTER = re.compile(r"[^\W\d_]")
TRANSLATED = re.compile(r"\{%\s*(blocktranslate|comment).*?%\}.*?\{%\s*end\1\s*%\}", re.DOTALL)


# What a template hands to another: more than a word, a name of a file or of a place.
HANDED = re.compile(r'\{%\s*include\b[^%]*?\b\w+="(?P<text>[A-Za-z]+ [^"]*|[A-Z][^"/.]*)"')


class Untranslated(HTMLParser):
    """The texts of HTML that hold letters, each with its line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attrs:
            if name in READ:
                self._hold(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.silent -= tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._hold(data)

    def _hold(self, text: str) -> None:
        if LETTER.search(NAMES.sub("", text.strip())):
            self.found.append(f"line {self.getpos()[0]}: {text.strip()[:80]}")


def untranslated(source: str) -> list[str]:
    parser = Untranslated()
    parser.feed("".join(_without_tags(TRANSLATED.sub(_lines, source))))
    parser.close()
    handed = (found["text"] for found in HANDED.finditer(source))
    return [*parser.found, *(f"handed on: {text}" for text in handed)]


def _without_tags(source: str) -> Iterator[str]:
    for piece in tag_re.split(source):
        yield "\n" * piece.count("\n") if piece.startswith(("{%", "{{", "{#")) else piece


def _lines(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def test_no_template_holds_a_text_that_is_not_translated() -> None:
    found = {
        str(path.relative_to(TEMPLATES)): texts
        for path in sorted(TEMPLATES.rglob("*.html"))
        if ENGLISH not in path.parents and (texts := untranslated(path.read_text("utf-8")))
    }

    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Text</p>",
        "{% if it %}and{% endif %}",
        '<td data-label="Who:">{{ who }}</td>',
        '<a href="#" aria-label="Go">{% icon "next" %}</a>',
        '{% translate "One" %} and <b>{{ other }}</b>',
        '{% include "ranks.html" with ranks=ranks caption="What it found" %}',
        '{% include "ranks.html" with before="Then" %}',
    ],
)
def test_a_text_or_a_label_outside_translation_is_found(source: str) -> None:
    assert untranslated(source)


@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Text" %}',
        "{% blocktranslate with a=b %}<b>{{ a }}</b> of them{% endblocktranslate %}",
        "<a href=\"{% url 'pages:log' %}\" title=\"{% translate 'The log' %}\">{{ name }}</a>",
        "<pre>curl</pre><kbd>a</kbd> · 12",
        '{% include "ranks.html" with caption=_("What it found") tab="pipeline" %}',
    ],
)
def test_what_is_translated_or_no_text_is_left_alone(source: str) -> None:
    assert not untranslated(source)
