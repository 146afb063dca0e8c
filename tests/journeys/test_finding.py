"""Somebody who has a word, an id or a number of something finds it from any page, by keyboard."""

from playwright.sync_api import Page, expect

from tests.journeys.story import QUESTION, Story


def test_the_key_slash_leads_to_a_box_that_finds_an_answer_by_its_words_and_by_its_id(
    reviewer: Page, story: Story
) -> None:
    page = reviewer
    page.goto("/documents/")
    page.keyboard.press("/")
    page.keyboard.type("theft reported")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=theft+reported")
    expect(page.get_by_role("heading", name="Outputs")).to_be_visible()
    page.get_by_label("Kind").select_option("retrieval")
    expect(page.get_by_role("heading", name="Outputs")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("body").press("/")
    page.keyboard.type(story.trace.split("/")[2])
    page.keyboard.press("Enter")
    page.get_by_role("link", name=QUESTION).first.click()
    page.wait_for_url(f"**{story.trace}")
