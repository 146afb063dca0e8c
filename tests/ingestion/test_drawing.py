"""A page is drawn with its passage marked, or says that it could not be; nothing costs a worker."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ingestion import media_types
from ingestion.drawing import drawn
from ingestion.drawing.drawn import TooManyDrawings, Wanted, draw
from ingestion.drawing.pdf_page import LONGEST_EDGE, MARK
from ingestion.drawing.placing import place
from ingestion.extraction.extracted import ExtractionFailed
from ingestion.extraction.sandbox import extract
from tests.ingestion.conftest import OFFICE

PDF = Path(__file__).resolve().parents[2] / "examples/sample/cyber-small-business/v1.pdf"
HOSTILE = ("poppler-937-0-fuzzed.pdf", "operator_list_cycle.pdf", "payload8.pdf")


def marked_lines(png: bytes) -> set[int]:
    """The rows of pixels with something marked."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    pixels = picture.load()
    assert pixels is not None
    width, height = picture.size
    return {y for y in range(height) if any(pixels[x, y] == MARK for x in range(width))}


def test_the_passage_is_marked_where_it_stands_and_nowhere_else() -> None:
    content = PDF.read_bytes()
    text = extract(content, media_type=media_types.PDF).text
    start = text.index("From the first call")
    found = draw(content, Wanted(1, text[: text.index("Form CY-800, page 1")], start, start + 40))
    lines = marked_lines(found.png)
    assert found.placed
    assert lines
    assert max(lines) - min(lines) < 60, "a line or two"
    assert max(Image.open(BytesIO(found.png)).size) <= LONGEST_EDGE


def test_words_that_are_not_on_the_page_are_said_not_to_be_placed() -> None:
    words = "Nothing of the kind is printed."
    found = draw(PDF.read_bytes(), Wanted(1, words, 0, len(words)))
    assert found.placed is False
    assert not marked_lines(found.png)


def test_a_page_without_a_passage_is_drawn_as_it_is() -> None:
    assert draw(PDF.read_bytes(), Wanted(2)).placed is None


@pytest.mark.parametrize("page", [0, 3])
def test_a_page_that_is_not_there_is_refused(page: int) -> None:
    with pytest.raises(ExtractionFailed):
        draw(PDF.read_bytes(), Wanted(page))


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(ExtractionFailed):
        draw(b"%PDF-1.4 nothing", Wanted(1))


def test_whoever_finds_no_place_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn, "PATIENCE_SECONDS", 0.01)
    with drawn.AT_ONCE, drawn.AT_ONCE, pytest.raises(TooManyDrawings):
        draw(PDF.read_bytes(), Wanted(1))
    assert draw(PDF.read_bytes(), Wanted(1)).png, "a place is given back"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_one_picture(name: str) -> None:
    file = OFFICE / "files" / name
    if not file.exists():
        pytest.skip("the shared corpora are not there")
    found = outcome(file.read_bytes())
    assert found in {"drawn", "damaged", "crashed", "timeout", "memory"}


def outcome(content: bytes) -> str:
    """Why it was not drawn, if it was not."""
    try:
        found = draw(content, Wanted(1))
    except ExtractionFailed as failure:
        return failure.reason_code
    assert Image.open(BytesIO(found.png)).width <= LONGEST_EDGE
    return "drawn"


def test_white_space_hyphens_and_ligatures_do_not_keep_words_from_their_place() -> None:
    assert place("the office hours", 4, 10, on_page="the\nof-\nﬁce  hours") == range(4, 11)


def test_of_words_that_stand_twice_the_right_ones_are_found() -> None:
    text = "seven days, then seven days more"
    second = text.rindex("seven")
    assert place(text, second, second + 10, on_page=text) == range(second, second + 10)


def test_words_that_the_two_readings_count_differently_have_no_place() -> None:
    assert place("seven days", 0, 10, on_page="seven days seven days") is None


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_a_passage_is_found_on_the_page_that_it_was_read_from(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    found = place(text, start, end, on_page=text)
    if found is not None:
        assert start <= found.start < found.stop <= end
    else:
        assert not any(each.isalnum() for each in text[start:end])
