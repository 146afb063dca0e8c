"""An administrator has a read model rebuilt by the workers, and sees how it comes out."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.story import Story


def test_a_read_model_is_rebuilt_from_the_page(reviewer: Page, story: Story) -> None:  # noqa: ARG001
    reviewer.goto("/")
    reviewer.get_by_role("link", name="Pipeline", exact=True).click()
    expect(reviewer.get_by_role("heading", name="Pipeline", exact=True)).to_be_visible()
    row = reviewer.get_by_role("row").filter(has_text="knowledge")
    row.get_by_role("button", name="Rebuild").click()
    # Nothing is reloaded by hand: the page follows.
    expect(row).to_contain_text(re.compile("no row differed"), timeout=60_000)
    expect(row).to_contain_text("at the end")
