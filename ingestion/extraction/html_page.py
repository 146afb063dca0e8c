"""HTML: what a reader of the page sees, as lines; a table row is one line, cells apart by tabs.

As "content" the page is read without what surrounds its content on every page of a site: menus,
banners, page headers and footers, side bars and searches.
"""

import re
from collections.abc import Callable, Iterator

from lxml import etree
from lxml import html as lxml_html

from ingestion.extraction.characters import cleaned
from ingestion.extraction.decoding import decode, decoded_as_stated
from ingestion.extraction.extracted import Extracted, ExtractionFailed

# Never shown as text, or shown by running or fetching something.
DROPPED = frozenset(
    [
        "applet",
        "area",
        "audio",
        "base",
        "canvas",
        "embed",
        "head",
        "iframe",
        "link",
        "meta",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "param",
        "script",
        "source",
        "style",
        "svg",
        "template",
        "title",
        "track",
        "video",
    ]
)
PARAGRAPHS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "ul",
    ]
)
LINES = frozenset(
    [
        "br",
        "caption",
        "dd",
        "dt",
        "figcaption",
        "legend",
        "li",
        "option",
        "tbody",
        "tfoot",
        "thead",
        "tr",
    ]
)
BLOCKS = PARAGRAPHS | LINES
CELLS = frozenset({"td", "th"})
STRUCTURE = (
    "table",
    "ul",
    "ol",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "section",
    "article",
    "main",
    "form",
)
SECTIONS = ("article", "main", "section")
SURROUNDING_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
PREFORMATTED = frozenset({"pre", "textarea", "listing", "xmp"})
UNSEEN_STYLE = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
WHITE_SPACE = re.compile(r"[ \t\r\n\f]+")


class HtmlExtractor:
    name = "ragledger-html"
    version = f"1+lxml-{etree.__version__}"

    def extract(self, content: bytes, *, charset: str | None) -> Extracted:
        decoded = decode(content, charset=charset or _stated_inside(content))
        root = _parsed(decoded.text)
        title = root.find(".//title")
        heading = root.find(".//h1")
        return Extracted(
            text=self.text_of(root),
            title=_inner(title) or _inner(heading),
            language=root.get("lang"),
            warnings=decoded.warnings,
        )

    def text_of(self, root: etree._Element) -> str:
        return visible_text(root)


class HtmlContentExtractor(HtmlExtractor):
    name = "ragledger-html-content"

    def text_of(self, root: etree._Element) -> str:
        """A page that consists of nothing else is read as a whole."""
        return visible_text(root, without=_surrounds) or visible_text(root)


def _surrounds(element: etree._Element) -> bool:
    """True for an element beside the content: by its role, else by its tag, as HTML maps them.

    The header, footer and aside of an article or section belong to the content.
    """
    role = element.get("role", "").strip().lower()
    if role:
        return role in SURROUNDING_ROLES
    if element.tag not in {"header", "footer", "aside"}:
        return element.tag in {"nav", "search"}
    return next(element.iterancestors(*SECTIONS), None) is None


def _stated_inside(content: bytes) -> str | None:
    """The charset of a meta element; UTF-16 cannot be stated that way, as HTML says."""
    found = META_CHARSET.search(content[:4096])
    name = found[1].decode("ascii") if found else ""
    if not name or name.lower().startswith("utf-16"):
        return None
    try:
        usable = decoded_as_stated(b"", charset=name) is not None
    except LookupError:
        usable = False
    return name if usable else None


def _parsed(text: str) -> etree._Element:
    # As UTF-8 bytes: lxml refuses a str that begins with an XML declaration of an encoding.
    # `huge_tree` lifts the depth from 256 to 2,048 elements, past which the parser drops the rest.
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        root = etree.fromstring(cleaned(text).encode(), parser)
    except etree.ParserError as error:
        raise ExtractionFailed("no_text", "The page holds no text.") from error
    except etree.XMLSyntaxError as error:
        raise ExtractionFailed("damaged", "The page cannot be read as HTML.") from error
    if any("xcessive depth" in entry.message for entry in parser.error_log):
        raise ExtractionFailed("too_deep", "The page nests its elements too deep to be read.")
    if root is None:
        raise ExtractionFailed("no_text", "The page holds no text.")
    return root


def _inner(element: etree._Element | None) -> str | None:
    return None if element is None else "".join(element.itertext())


def visible_text(
    root: etree._Element, *, without: Callable[[etree._Element], bool] = lambda _: False
) -> str:
    """Lines of visible text; paragraphs are apart by an empty line."""
    lines = Lines()
    for kind, what, layout in _walk(root, without):
        if kind == "text":
            lines.add(what, preformatted=layout == "preformatted")
        else:
            _boundary(lines, what, layout, opening=kind == "open")
    return lines.text()


def _boundary(lines: "Lines", tag: str, layout: str, *, opening: bool) -> None:
    if tag in CELLS and opening:
        lines.cell()
    elif layout == "cell" and tag in BLOCKS:
        lines.space()
    elif tag in PARAGRAPHS:
        lines.end(2)
    elif tag in LINES and (opening or tag != "br"):
        lines.end(1)


def _walk(
    root: etree._Element, without: Callable[[etree._Element], bool]
) -> Iterator[tuple[str, str, str]]:
    """Texts and tag boundaries of what is visible, with their layout, without recursion."""
    stack: list[tuple[etree._Element, str, bool]] = [(root, "flow", False)]
    while stack:
        element, layout, done = stack.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        if not done and not _hidden(element, tag) and not without(element):
            yield "open", tag, layout
            inside = _layout_inside(element, tag, layout)
            if element.text:
                yield "text", element.text, inside
            stack.append((element, layout, True))
            stack.extend((child, inside, False) for child in reversed(element))
            continue
        if done:
            yield "close", tag, layout
        if element.tail and element is not root:
            yield "text", element.tail, layout


def _layout_inside(element: etree._Element, tag: str, layout: str) -> str:
    """A cell of data stays on the line of its row; a cell that lays out a page does not."""
    if tag in PREFORMATTED:
        return "preformatted"
    if tag in CELLS and next(element.iter(*STRUCTURE), None) is None:
        return "cell"
    return layout


def _hidden(element: etree._Element, tag: str) -> bool:
    return (
        not tag
        or tag.lower() in DROPPED
        or "hidden" in element.attrib
        or UNSEEN_STYLE.search(element.get("style", "")) is not None
    )


class Lines:
    """Collects text as a browser lays it out: white space folds, blocks begin new lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._breaks = 0
        self._cells = 0
        self._space = False

    def add(self, text: str, *, preformatted: bool) -> None:
        if not preformatted:
            text = WHITE_SPACE.sub(" ", text)
        if text == " " or not text:
            self._space = self._space or bool(text)
            return
        stripped = text if preformatted else text.strip(" ")
        self._separate(leading=stripped != text and text[0] == " ")
        self._parts.append(stripped)
        self._space = not preformatted and text[-1] == " "

    def end(self, newlines: int) -> None:
        self._breaks = max(self._breaks, newlines)
        self._cells = 0

    def cell(self) -> None:
        self._cells += 1

    def space(self) -> None:
        self._space = True

    def text(self) -> str:
        lines = (line.rstrip() for line in "".join(self._parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")

    def _separate(self, *, leading: bool) -> None:
        if self._parts:
            if self._breaks:
                self._parts.append("\n" * self._breaks)
            elif self._cells:
                self._parts.append("\t")
            elif self._space or leading:
                self._parts.append(" ")
        self._breaks = self._cells = 0
        self._space = False


EXTRACTOR = HtmlExtractor()
FORMS = {"content": HtmlContentExtractor()}
