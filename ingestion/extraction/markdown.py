"""Markdown: the text is the content itself, decoded; title and language are read from it."""

import re

from ingestion.extraction.decoding import decode
from ingestion.extraction.extracted import Extracted

# A title further down is none; the limit keeps the search cheap in a hostile file.
SEARCHED_CHARACTERS = 64 * 1024
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$")
UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")


class MarkdownExtractor:
    name = "ragledger-markdown"
    version = "1"

    def extract(self, content: bytes, *, charset: str | None) -> Extracted:
        decoded = decode(content, charset=charset)
        head = decoded.text[:SEARCHED_CHARACTERS].removeprefix("\ufeff")
        head = head.replace("\r\n", "\n").replace("\r", "\n")
        matter = FRONT_MATTER.match(head)
        fields = matter[1] if matter else ""
        body = head[matter.end() :] if matter else head
        return Extracted(
            text=decoded.text,
            title=_field(fields, "title") or _first_heading(body),
            language=_field(fields, "lang") or _field(fields, "language"),
            warnings=decoded.warnings,
        )


def _field(matter: str, name: str) -> str | None:
    """A plain one-line field of YAML front matter."""
    found = re.search(rf"^{name}:[ \t]*(\S.*?)[ \t]*$", matter, re.MULTILINE)
    if found is None:
        return None
    value = found[1]
    if value[0] in "\"'" and value.endswith(value[0]):
        value = value[1:-1]
    return None if value[:1] in {"", "|", ">", "[", "{", "&", "*"} else value


def _first_heading(body: str) -> str | None:
    """The first heading outside fenced code, in either of Markdown's two forms."""
    fence, before = "", ""
    for line in body.split("\n"):
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence):
                fence = ""
            continue
        if mark:
            fence = mark[1]
            continue
        heading = HEADING.match(line)
        if heading:
            return heading[1].strip()
        if UNDERLINE.match(line) and before.strip():
            return before.strip()
        before = line
    return None


EXTRACTOR = MarkdownExtractor()
