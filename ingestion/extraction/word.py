"""Word (.docx, .docm): body, tables, notes, headers and footers; no comments, no macros run."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from docx import __version__ as docx_version
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.coreprops import CoreProperties
from docx.opc.exceptions import OpcError
from docx.opc.part import Part, PartFactory
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.package import Package
from docx.parts.document import DocumentPart
from lxml import etree

from ingestion import media_types
from ingestion.extraction.characters import cleaned
from ingestion.extraction.extracted import Extracted, ExtractionFailed, counted

MACRO_DOCUMENT = "application/vnd.ms-word.document.macroEnabled.main+xml"
PartFactory.part_type_for[MACRO_DOCUMENT] = DocumentPart

# Office writes XML that shrinks to a tenth; a bomb shrinks to a thousandth.
MAX_RATIO = 100
MAX_UNPACKED = 256 * 1024 * 1024
HARMLESS_UNPACKED = 8 * 1024 * 1024
MAX_ENTRIES = 10_000

EMPTY_PROPERTIES = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties"/>'
)
NOT_SHOWN = frozenset(
    qn(name)
    for name in ("w:del", "w:moveFrom", "w:instrText", "w:rPr", "w:pPr", "w:sectPr", "w:tblPr")
) | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"}
BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "\u2011"}
ADDITIONS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/endnotes",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/header",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer",
)
READING_ERRORS = (
    OpcError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    etree.LxmlError,
    KeyError,
    ValueError,
    AttributeError,
    TypeError,
    NotImplementedError,
    OSError,
    EOFError,
    RuntimeError,
)


class WordExtractor:
    name = "ragledger-word"
    version = f"1+python-docx-{docx_version}"

    def extract(self, content: bytes, *, charset: str | None) -> Extracted:
        del charset
        if content.startswith(media_types.OLE2_MAGIC):
            raise ExtractionFailed(
                "encrypted",
                "The Word file is encrypted with a password: hand in a copy without one.",
            )
        warnings = list(_inspected(content))
        document = _opened(content)
        lines = [*_lines(document.element.body), *_additions(document)]
        return Extracted(
            text=cleaned("\n\n".join(lines)),
            title=_title(document),
            language=_stated(document).language,
            warnings=tuple(warnings),
        )


def _inspected(content: bytes) -> Iterator[str]:
    """Warnings about the archive, before anything of it is unpacked. Raises ExtractionFailed."""
    try:
        entries = zipfile.ZipFile(BytesIO(content)).infolist()
    except READING_ERRORS as error:
        raise _damaged() from error
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or (unpacked > HARMLESS_UNPACKED and unpacked > MAX_RATIO * len(content))
    ):
        raise ExtractionFailed(
            "bomb",
            f"The Word file would unpack to {unpacked >> 20} MiB from {len(content) >> 10} KiB:"
            " it was refused as a decompression bomb.",
        )
    names = [entry.filename for entry in entries]
    if any(name.startswith("/") or ".." in name.replace("\\", "/").split("/") for name in names):
        yield "The file holds entries whose names climb out of its folder; they were ignored."
    if any(name.endswith("vbaProject.bin") for name in names):
        yield "The file holds macros; they were ignored."
    embedded = sum("/embeddings/" in name for name in names)
    if embedded:
        files = counted(embedded, "embedded file is", "embedded files are")
        yield f"{files} kept but not searched."


def _damaged() -> ExtractionFailed:
    return ExtractionFailed("damaged", "The file is damaged, or no Word document at all.")


def _opened(content: bytes) -> Document:
    """Raises ExtractionFailed. python-docx's parser resolves no entities and fetches nothing."""
    try:
        package = Package.open(BytesIO(content))
        part = package.main_document_part
        document = part.document
        body = document.element.body
    except READING_ERRORS as error:
        raise _damaged() from error
    if body is None:
        raise _damaged()
    if part.element.getroottree().docinfo.internalDTD is not None:
        raise ExtractionFailed(
            "entities", "The file declares XML entities, which no Word document does: refused."
        )
    return document  # type: ignore[no-any-return]


def _lines(container: etree._Element) -> Iterator[str]:
    """The paragraphs and tables of a container, in the order of the document."""
    for child in container:
        if child.tag == qn("w:p"):
            text = _inline(child).strip()
            if text:
                yield text
        elif child.tag == qn("w:tbl"):
            table = "\n".join(_rows(child))
            if table.strip():
                yield table
        elif child.tag not in NOT_SHOWN:
            yield from _lines(child)


def _rows(table: etree._Element) -> Iterator[str]:
    """Each row as one line, its cells apart by tabs."""
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is table:
            cells = (
                cell for cell in row.iter(qn("w:tc")) if next(cell.iterancestors(qn("w:tr"))) is row
            )
            yield "\t".join(" ".join(" ".join(_lines(cell)).split()) for cell in cells)


def _inline(paragraph: etree._Element) -> str:
    """The text of runs, links, fields and insertions; text boxes follow on lines of their own."""
    parts: list[str] = []
    boxes: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == qn("w:t"):
            parts.append(element.text or "")
        elif element.tag in BREAKS:
            parts.append(BREAKS[element.tag])
        elif element.tag == qn("w:txbxContent"):
            boxes.extend(_lines(element))
        elif element.tag not in NOT_SHOWN and not _vanished(element):
            stack.extend(reversed(element))
    return "\n".join(["".join(parts), *boxes])


def _vanished(element: etree._Element) -> bool:
    """True for a run formatted as hidden text."""
    hidden = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return hidden is not None and hidden.get(qn("w:val")) not in {"0", "false"}


def _additions(document: Document) -> Iterator[str]:
    """Notes, headers and footers, each text once; they are no part of the body's flow."""
    seen: set[str] = set()
    related = document.part.rels.values()
    for kind in ADDITIONS:
        for relation in related:
            if relation.reltype == kind and not relation.is_external:
                for line in _lines(_root(relation.target_part)):
                    if line not in seen:
                        seen.add(line)
                        yield line


def _root(part: Part) -> etree._Element:
    element = getattr(part, "element", None)
    if element is not None:
        return element
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(part.blob, parser)
    except etree.XMLSyntaxError as error:
        raise _damaged() from error


def _stated(document: Document) -> CoreProperties:
    """The properties of the file itself; python-docx makes up a part that is missing."""
    if any(
        relation.reltype == RT.CORE_PROPERTIES for relation in document.part.package.rels.values()
    ):
        properties: CoreProperties = document.core_properties
        return properties
    return CoreProperties(parse_xml(EMPTY_PROPERTIES))


def _title(document: Document) -> str | None:
    stated = _stated(document).title
    if stated and stated.strip():
        return cleaned(stated)
    for paragraph in document.paragraphs[:50]:
        style = paragraph.style.name if paragraph.style else ""
        if paragraph.text.strip() and (style == "Title" or (style or "").startswith("Heading")):
            return cleaned(paragraph.text)
    return None


EXTRACTOR = WordExtractor()
