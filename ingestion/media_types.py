"""Decides what kind of file was handed in, from its declared type, its name and its first bytes."""

import re
from pathlib import PurePath

MARKDOWN = "text/markdown"
PLAIN_TEXT = "text/plain"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"

SUPPORTED = "Markdown, plain text, HTML, PDF and Word (.docx, .docm)"

BY_DECLARATION = {
    MARKDOWN: MARKDOWN,
    "text/x-markdown": MARKDOWN,
    PLAIN_TEXT: PLAIN_TEXT,
    HTML: HTML,
    "application/xhtml+xml": HTML,
    PDF: PDF,
    "application/x-pdf": PDF,
    DOCX: DOCX,
    DOCM: DOCM,
}
BY_SUFFIX = {
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".mdown": MARKDOWN,
    ".mkd": MARKDOWN,
    ".txt": PLAIN_TEXT,
    ".text": PLAIN_TEXT,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCM,
}
# What clients send when they do not know.
UNDECIDED = {"", "application/octet-stream", "binary/octet-stream", "application/x-unknown"}
TEXTUAL = {MARKDOWN, PLAIN_TEXT, HTML}

OLE2_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
# ".csv" names a kind of file that is not supported; the ".2" of "policy-1.2" names none.
NAMES_A_KIND = re.compile(r"\.[a-z0-9]*[a-z][a-z0-9]*")
BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
SNIFFED_BYTES = 4096
# Codecs that are no character sets ("unicode_escape", "idna") must never be chosen by name.
CHARSET = re.compile(
    r"(utf|iso|us|ascii|latin|windows|cp|koi|shift|euc|gb|big5|mac|hz|ks)[a-z0-9_.:-]*",
    re.IGNORECASE,
)
LOOKS_LIKE_HTML = re.compile(
    rb"\s*(<!--.{0,1000}?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S
)
LOOKS_LIKE_MARKDOWN = re.compile(rb"\A(\xef\xbb\xbf)?---\r?\n|^#{1,6} \S", re.MULTILINE)


class UnsupportedMediaType(Exception):
    """The file is of a kind that cannot be read here."""

    def __init__(self, found: str) -> None:
        super().__init__(f"{found} cannot be read. Supported are {SUPPORTED}.")
        self.found = found


def decide(content: bytes, *, declared: str | None = None, file_name: str | None = None) -> str:
    """The media type, with `; charset=` where one was declared. Raises UnsupportedMediaType."""
    suffix = PurePath(file_name or "").suffix.lower()
    claim = _claimed(bare(declared or ""), suffix)
    media_type = _signature(content, claim) or claim
    if media_type is None and not NAMES_A_KIND.fullmatch(suffix):
        media_type = _sniffed(content)
    if media_type is None:
        raise UnsupportedMediaType(_description(bare(declared or ""), suffix))
    charset = charset_of(declared or "")
    return f"{media_type}; charset={charset}" if charset and media_type in TEXTUAL else media_type


def bare(media_type: str) -> str:
    """The type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def charset_of(media_type: str) -> str | None:
    """The declared character set, if it names one."""
    found = re.search(r";\s*charset\s*=\s*\"?([^\s\";]+)", media_type, re.IGNORECASE)
    if found is None or not CHARSET.fullmatch(found[1]):
        return None
    try:
        b"".decode(found[1])
    except LookupError:
        return None
    return found[1].lower()


def _claimed(declared: str, suffix: str) -> str | None:
    """What declaration and name say; a name refines the general "text/plain"."""
    if declared in UNDECIDED:
        return BY_SUFFIX.get(suffix)
    if declared not in BY_DECLARATION:
        raise UnsupportedMediaType(_description(declared, suffix))
    claim = BY_DECLARATION[declared]
    named = BY_SUFFIX.get(suffix)
    return named if claim == PLAIN_TEXT and named in TEXTUAL else claim


def _signature(content: bytes, claim: str | None) -> str | None:
    """What an unmistakable beginning says, whatever was claimed."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(ZIP_MAGICS):
        if claim in {DOCX, DOCM}:
            return claim
        if b"word/document.xml" in content:
            return DOCX
        raise UnsupportedMediaType("A ZIP archive")
    if content.startswith(OLE2_MAGIC):
        # An encrypted .docx is an OLE2 file too; its extractor says so.
        if claim in {DOCX, DOCM}:
            return claim
        raise UnsupportedMediaType("An old binary Office file")
    return None


def _sniffed(content: bytes) -> str | None:
    """What nameless, undeclared bytes look like."""
    head = content[:SNIFFED_BYTES]
    if b"%PDF-" in head[:1024]:
        return PDF
    if LOOKS_LIKE_HTML.match(head):
        return HTML
    if not _is_text(content):
        return None
    return MARKDOWN if LOOKS_LIKE_MARKDOWN.search(head) else PLAIN_TEXT


def _is_text(content: bytes) -> bool:
    if content.startswith(BYTE_ORDER_MARKS):
        return True
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in content


def _description(declared: str, suffix: str) -> str:
    if declared:
        return f"The media type {declared[:100]!r}"
    return f"A file named *{suffix[:20]}" if suffix else "This content"
