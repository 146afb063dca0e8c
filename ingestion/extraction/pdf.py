"""PDF: the text of each page, with the map from text to pages; scripts and actions never run.

As "layout" each line keeps its place: the columns of a table stay apart by spaces.
"""

import logging
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from ingestion.extraction.characters import LIGATURES, cleaned
from ingestion.extraction.extracted import Extracted, ExtractionFailed, Page, counted, listed

BETWEEN_PAGES = "\n\n"
# Below this a page says next to nothing: its words are probably in a picture.
FEW_CHARACTERS = 10
ACTIVE = (b"/JavaScript", b"/JS", b"/Launch")
READING_ERRORS = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    OSError,
    RecursionError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
)


class PdfExtractor:
    name = "ragledger-pdf"
    version = f"1+pypdf-{pypdf.__version__}"

    def extract(self, content: bytes, *, charset: str | None) -> Extracted:
        del charset
        with _notes() as notes:
            reader = _opened(content)
            texts, unreadable = _page_texts(reader, self.text_of)
            extracted = _assembled(texts)
            if not extracted.text.strip():
                raise ExtractionFailed("no_text", _why_empty(len(texts), unreadable))
            return Extracted(
                text=extracted.text,
                pages=extracted.pages,
                title=_stated(reader, "title"),
                language=_stated(reader, "language"),
                warnings=tuple(_warnings(content, reader, texts, unreadable, notes)),
            )

    def text_of(self, page: pypdf.PageObject) -> str:
        return page.extract_text()


class PdfLayoutExtractor(PdfExtractor):
    name = "ragledger-pdf-layout"

    def text_of(self, page: pypdf.PageObject) -> str:
        """A page that would lose words so is read in its flow."""
        flow, layout = super().text_of(page), _layout(page)
        return layout if _marks(layout) >= _marks(flow) else flow


def _layout(page: pypdf.PageObject) -> str:
    """What can be placed of the page; the rest is left out, or all where that fails."""
    try:
        text = page.extract_text(
            extraction_mode="layout",
            layout_mode_space_vertically=False,
            layout_mode_strip_rotated=False,
        )
    except READING_ERRORS:
        return ""
    return textwrap.dedent(text).rstrip()


def _marks(text: str) -> int:
    """How many characters are no white space."""
    return sum(map(len, text.split()))


def _opened(content: bytes) -> pypdf.PdfReader:
    """The reader, decrypted where an empty password does it. Raises ExtractionFailed."""
    try:
        reader = pypdf.PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _needs_password()
        len(reader.pages)
    except (FileNotDecryptedError, DependencyError) as error:
        raise _needs_password() from error
    except READING_ERRORS as error:
        raise ExtractionFailed(
            "damaged", "The PDF is damaged beyond repair: no page of it can be read."
        ) from error
    return reader


def _needs_password() -> ExtractionFailed:
    return ExtractionFailed(
        "encrypted", "The PDF is encrypted and needs a password: hand in a copy without one."
    )


def _page_texts(
    reader: pypdf.PdfReader, text_of: Callable[[pypdf.PageObject], str]
) -> tuple[list[str], list[int]]:
    """The text of every page, and the numbers of those that could not be read."""
    texts, unreadable = [], []
    for index in range(len(reader.pages)):
        try:
            text = text_of(reader.pages[index])
        except READING_ERRORS:
            text = ""
            unreadable.append(index + 1)
        texts.append(cleaned(text).translate(LIGATURES).strip())
    return texts, unreadable


def _assembled(texts: list[str]) -> Extracted:
    pages, start = [], 0
    for number, text in enumerate(texts, 1):
        pages.append(Page(number, start, start + len(text)))
        start += len(text) + len(BETWEEN_PAGES)
    return Extracted(text=BETWEEN_PAGES.join(texts), pages=tuple(pages))


def _why_empty(pages: int, unreadable: list[int]) -> str:
    if unreadable:
        return f"None of the {counted(pages, 'page', 'pages')} could be read: the PDF is damaged."
    return (
        f"No text was found on {counted(pages, 'page', 'pages')}: it is probably a scan. Run OCR"
        " on it and hand the text in as `extracted`."
    )


def _warnings(
    content: bytes,
    reader: pypdf.PdfReader,
    texts: list[str],
    unreadable: list[int],
    notes: list[str],
) -> Iterator[str]:
    if notes or _declared_pages(reader) != len(texts):
        yield "The PDF is damaged; it was repaired while reading, and something may be missing."
    if unreadable:
        yield f"Pages that could not be read: {listed(unreadable)}."
    bare = [
        n for n, text in enumerate(texts, 1) if len(text) < FEW_CHARACTERS and n not in unreadable
    ]
    if bare:
        yield f"Pages with next to no text, perhaps scanned: {listed(bare)}."
    attachments = _attachments(reader)
    if attachments:
        yield f"{counted(attachments, 'attachment is', 'attachments are')} kept but not searched."
    if any(mark in content for mark in ACTIVE):
        yield "The PDF holds scripts or actions; they were ignored."


def _declared_pages(reader: pypdf.PdfReader) -> object:
    try:
        return reader.root_object["/Pages"]["/Count"]  # type: ignore[index]
    except READING_ERRORS:
        return None


def _attachments(reader: pypdf.PdfReader) -> int:
    try:
        return sum(1 for _ in reader.attachment_list)
    except READING_ERRORS:
        return 0


def _stated(reader: pypdf.PdfReader, what: str) -> str | None:
    try:
        if what == "title":
            value = reader.metadata.title if reader.metadata else None
        else:
            value = reader.root_object.get("/Lang")
    except READING_ERRORS:
        return None
    return cleaned(value) if isinstance(value, str) else None


@contextmanager
def _notes() -> Iterator[list[str]]:
    """What pypdf logs while it reads; its missing-library hints are not the document's fault."""
    notes: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "required" not in record.msg:
                notes.append(record.msg)

    logger, collector = logging.getLogger("pypdf"), Collector()
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(collector)
    try:
        yield notes
    finally:
        logger.removeHandler(collector)
        logger.propagate = propagated


EXTRACTOR = PdfExtractor()
FORMS = {"layout": PdfLayoutExtractor()}
