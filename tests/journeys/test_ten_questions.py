"""Ten questions, each answered from the overview in three clicks and fifteen seconds at most."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.application import Application
from tests.journeys.story import QUESTION, Story

MOST_CLICKS = 3
MOST_SECONDS = 15
OLD, NEW = "within 14 days", "within 7 days"
Follow = Callable[["Reader"], Locator]


@dataclass
class Reader:
    """Somebody at the overview, whose clicks are counted; typing and choosing a date are free."""

    page: Page
    clicks: int = 0

    def click(self, place: Locator) -> None:
        self.clicks += 1
        assert self.clicks <= MOST_CLICKS
        place.first.click()

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def open_the_answer(self) -> None:
        self.click(self.page.locator("main").get_by_role("link", name=QUESTION))


@pytest.fixture
def reader(reviewer: Page, story: Story) -> Iterator[Reader]:  # noqa: ARG001
    """The clock runs from the overview until the answer has been seen, typing included."""
    reviewer.goto("/")
    begun = time.monotonic()
    yield Reader(reviewer)
    assert time.monotonic() - begun <= MOST_SECONDS


@pytest.fixture(scope="module", autouse=True)
def known_as_stale(application: Application, story: Story) -> None:  # noqa: ARG001
    application.wait(lambda: bool(application.get("stale-answers")["data"]))


def test_what_is_this_answer_based_on(reader: Reader) -> None:
    reader.open_the_answer()
    passage = reader.page.locator(".passage").first
    expect(passage).to_contain_text(OLD)
    expect(passage).to_contain_text("Theft policy, version 1")


def test_is_that_still_the_current_wording_and_what_changed(reader: Reader) -> None:
    reader.open_the_answer()
    reader.click(reader.link("Is it still so?"))
    expect(reader.page.locator(".diff del")).to_contain_text("14")
    expect(reader.page.locator(".diff ins")).to_contain_text("7")


def test_who_else_got_an_answer_from_the_old_wording(reader: Reader) -> None:
    reader.open_the_answer()
    reader.click(reader.link("Who else got an answer from this wording?"))
    expect(reader.page.locator("main")).to_contain_text(QUESTION)


def test_what_did_the_assistant_know_on_a_day(reader: Reader) -> None:
    reader.click(reader.link("Time"))
    reader.page.get_by_label("In force at (UTC); now if empty").fill("2025-03-14T09:00:00")
    reader.click(reader.page.get_by_role("button", name="Go there"))
    row = reader.page.get_by_role("row").filter(has_text="Theft policy")
    expect(row).to_contain_text("1")
    reader.click(row.get_by_role("link"))
    expect(reader.page.locator("main")).to_contain_text("Theft policy")


def test_why_was_the_new_policy_not_used(reader: Reader) -> None:
    reader.open_the_answer()
    reader.click(reader.link("Why not another document?"))
    reader.page.get_by_label("Title of the document contains").fill("Old")
    reader.page.keyboard.press("Enter")
    reader.click(reader.page.get_by_label("Documents to choose from").get_by_role("link"))
    expect(reader.page.locator("#why-head")).to_be_visible()
    expect(reader.page.locator(".answer-line .state").first).not_to_be_empty()


def test_can_i_prove_this_to_a_regulator(reader: Reader) -> None:
    reader.open_the_answer()
    with reader.page.expect_download() as download:
        reader.click(reader.link("Take the evidence"))
    assert download.value.suggested_filename.endswith(".zip")


def test_who_looked_at_it_and_who_signed_it(reader: Reader) -> None:
    reader.open_the_answer()
    expect(reader.page.locator("main")).to_contain_text("not reviewed")
    reader.click(reader.link("Who looked at it"))
    expect(reader.page.locator("main")).to_contain_text("alice")


def test_is_anything_missing(reader: Reader) -> None:
    reader.click(reader.link("Coverage"))
    expect(reader.page.get_by_role("heading", level=1)).to_be_visible()
    expect(reader.page.locator("main")).to_contain_text("assistant")


def test_which_answers_must_i_look_at_today(reader: Reader) -> None:
    reader.click(reader.link("rest on wording since changed"))
    expect(reader.page.locator("main")).to_contain_text(QUESTION)
    reader.click(reader.link("compare them"))
    expect(reader.page.locator(".diff ins")).to_contain_text("7")


def test_what_changed_since_last_week(reader: Reader) -> None:
    reader.click(reader.link("What could be found a week ago, and now"))
    expect(reader.page.locator("main")).to_contain_text("Theft policy")
    expect(reader.page).to_have_url(re.compile("show=changes"))
