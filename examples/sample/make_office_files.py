"""Writes the sample's PDF and DOCX versions from their Markdown sources (run it with `-m`)."""

import io
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument

HERE = Path(__file__).parent
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595, 842, 64
FOOTER_BASELINE = 36
# Font, size, leading, space before and characters a line of each kind of paragraph.
STYLES = {
    "title": ("F2", 20, 26, 0, 44),
    "heading": ("F2", 13, 18, 12, 66),
    "text": ("F1", 11, 15.5, 5, 86),
}


def main() -> None:
    for source in sorted(HERE.glob("cyber-small-business/source/*.md")):
        target = source.parent.parent / f"{source.stem}.pdf"
        target.write_bytes(pdf(source.read_text(encoding="utf-8")))
    for source in sorted(HERE.glob("group-health/source/*.md")):
        target = source.parent.parent / f"{source.stem}.docx"
        target.write_bytes(docx(source.read_text(encoding="utf-8")))


def paragraphs(markdown: str) -> Iterator[tuple[str, str]]:
    """The paragraphs of a source as (kind, text); a table is one paragraph of kind "table"."""
    for block in markdown.strip().split("\n\n"):
        if block.startswith("# "):
            yield "title", block[2:]
        elif block.startswith("## "):
            yield "heading", block[3:]
        elif block.startswith("|"):
            yield "table", block
        else:
            yield "text", block


def pdf(markdown: str) -> bytes:
    """A small PDF 1.4 file with Helvetica text, wrapped and paged."""
    pages = page_contents(markdown)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (len(pages), b" ".join(b"%d 0 R" % (5 + 2 * index) for index in range(len(pages)))),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ]
    for index, content in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
            % (PAGE_WIDTH, PAGE_HEIGHT, 6 + 2 * index)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    return with_cross_references(objects)


def font(name: str) -> bytes:
    return (
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>"
    ).encode()


def page_contents(markdown: str) -> list[bytes]:
    """The drawing instructions of each page."""
    pages: list[list[bytes]] = [[]]
    height = float(PAGE_HEIGHT - MARGIN)
    for kind, text in paragraphs(markdown):
        face, size, leading, before, characters = STYLES[kind]
        lines = textwrap.wrap(text, characters)
        # A heading stays with the first lines of what it introduces.
        needed = before + leading * (3 if kind == "heading" else 1)
        for number, line in enumerate(lines):
            height -= leading + (before if number == 0 else 0)
            if height - (needed - leading if number == 0 else 0) < MARGIN:
                pages.append([])
                height = PAGE_HEIGHT - MARGIN - leading
            pages[-1].append(drawn(face, size, MARGIN, height, line))
    for number, page in enumerate(pages, 1):
        footer = f"Form CY-800, page {number} of {len(pages)}"
        page.append(drawn("F1", 9, MARGIN, FOOTER_BASELINE, footer))
    return [b"\n".join(page) for page in pages]


def drawn(face: str, size: int, x: float, y: float, line: str) -> bytes:
    escaped = line.encode("cp1252")
    for character in (b"\\", b"(", b")"):
        escaped = escaped.replace(character, b"\\" + character)
    return b"BT /%s %d Tf %.1f %.1f Td (%s) Tj ET" % (face.encode(), size, x, y, escaped)


def with_cross_references(objects: list[bytes]) -> bytes:
    body = io.BytesIO()
    body.write(b"%PDF-1.4\n")
    offsets = []
    for number, written in enumerate(objects, 1):
        offsets.append(body.tell())
        body.write(b"%d 0 obj\n%s\nendobj\n" % (number, written))
    start = body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        body.write(b"%010d 00000 n \n" % offset)
    body.write(
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    return body.getvalue()


def docx(markdown: str) -> bytes:
    document = Document()
    for kind, text in paragraphs(markdown):
        if kind == "title":
            document.add_heading(text, level=0)
            document.core_properties.title = text
        elif kind == "heading":
            document.add_heading(text, level=1)
        elif kind == "table":
            add_table(document, text)
        else:
            document.add_paragraph(text)
    written = io.BytesIO()
    document.save(written)
    return without_clock(written.getvalue())


def add_table(document: WordDocument, markdown: str) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in markdown.splitlines()
        if not line.startswith("|---")
    ]
    table = document.add_table(rows=0, cols=len(rows[0]))
    table.style = "Table Grid"
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def without_clock(archive: bytes) -> bytes:
    """The same archive with a fixed time on every member: a second run writes the same bytes."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as source,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()


if __name__ == "__main__":
    main()
