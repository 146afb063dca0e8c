"""A reviewer sends a link, and somebody from outside reads by it, down to the words, and leaves."""

import re
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from tests.journeys.story import Story
from tests.journeys.test_accessibility import faults


def test_a_guest_reads_what_the_link_says_and_nothing_else(
    reviewer: Page, visitor: Page, story: Story
) -> None:
    link = invited(reviewer)
    assert faults(reviewer) == []

    visitor.goto(link)
    assert faults(visitor) == []
    visitor.get_by_role("button", name="Enter").click()
    expect(visitor.get_by_role("heading", name="Outputs you may read")).to_be_visible()
    assert link not in visitor.url
    assert faults(visitor) == []
    visitor.locator(f'a[href="/guest{story.trace}"]').click()
    expect(visitor.get_by_role("heading", name="The output")).to_be_visible()
    assert faults(visitor) == []
    visitor.get_by_role("link", name="Read what stands around it").first.click()
    expect(visitor.locator("mark").first).to_be_visible()
    assert faults(visitor) == []

    visitor.goto(story.trace)
    expect(visitor.get_by_label("Username")).to_be_visible()
    visitor.goto("/guest/")
    visitor.get_by_role("button", name="Leave").click()
    expect(visitor.get_by_role("heading", name="You left")).to_be_visible()
    visitor.goto("/guest/")
    expect(visitor.get_by_role("heading", name="Nothing opens here")).to_be_visible()
    assert faults(visitor) == []

    reviewer.goto("/accounts/guests/")
    expect(reviewer.get_by_text("1 time", exact=False).first).to_be_visible()
    assert faults(reviewer) == []


def invited(reviewer: Page) -> str:
    """The link of a new guest who may read what was recorded today."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    reviewer.goto("/accounts/guests/")
    reviewer.get_by_label("Name").fill("Grace of the Audit Office")
    reviewer.get_by_label("Outputs recorded in a range of time").check()
    reviewer.get_by_label("From").fill(today)
    reviewer.get_by_label("To the end of").fill(today)
    reviewer.get_by_role("button", name="Make the link").click()
    told = reviewer.locator("code.secret").inner_text()
    assert re.fullmatch(r"http://[^/]+/guest/[\w-]{43}/", told)
    return told
