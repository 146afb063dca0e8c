"""What an answer rests on, whether that still stands, and what changed, in a real browser."""

from playwright.sync_api import Page, expect

from tests.journeys.story import Story


def test_a_reviewer_reads_the_answer_s_story_and_sees_what_changed(
    reviewer: Page, story: Story
) -> None:
    page = reviewer
    page.goto(story.trace)
    told = page.locator(".prose")
    expect(told).to_contain_text("the application assistant answered")
    expect(told).to_contain_text("since replaced by version 2")
    expect(told).to_contain_text("no retrieved passage supports one of its two sentences")
    page.get_by_role("link", name="Is it still so?").first.click()
    expect(page.locator(".banner")).to_contain_text("The passage was changed.")
    expect(page.locator(".diff del")).to_contain_text("14")
    expect(page.locator(".diff ins")).to_contain_text("7")
    page.get_by_role("link", name="In one text").click()
    expect(page.locator(".diff.inline ins")).to_contain_text("7")


def test_the_focus_on_a_sentence_lights_what_supports_it_and_names_what_is_out_of_sight(
    reviewer: Page, story: Story
) -> None:
    page = reviewer
    page.set_viewport_size({"width": 400, "height": 500})
    page.goto(story.trace)
    page.locator(".sentence.supported .badge").first.focus()
    expect(page.locator(".passage.is-lit").first).to_be_attached()
    corner = page.locator(".rests-on")
    expect(corner).to_contain_text("This sentence rests on")
    page.keyboard.press("Escape")
    expect(corner).to_have_count(0)
    # A telephone shows the drawing's table in its place.
    page.set_viewport_size({"width": 1000, "height": 500})
    page.locator(".graph a.node").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answer-head")).to_be_in_viewport()
