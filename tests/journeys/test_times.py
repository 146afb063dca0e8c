"""Times in the reader's own zone, with UTC beside."""

import re

from playwright.sync_api import Browser, StorageState, expect

from tests.journeys.application import Application
from tests.journeys.story import Story


def test_a_reader_sees_times_in_their_zone_with_utc_beside(
    application: Application, browser: Browser, session: StorageState, story: Story
) -> None:
    with browser.new_context(
        base_url=application.address, storage_state=session, timezone_id="Asia/Kolkata"
    ) as context:
        page = context.new_page()
        page.goto(story.document)
        moment = page.locator("main time").filter(has_text=re.compile(r"\d:\d\d")).first
        expect(moment).to_contain_text("UTC")
        utc = moment.inner_text()

        page.get_by_role("button", name="Times in Asia/").click()

        hours, minutes = re.findall(r"(\d\d):(\d\d):\d\d", moment.inner_text())[0]
        stated = re.findall(r"(\d\d):(\d\d):\d\d", utc)[0]
        late = (int(hours) * 60 + int(minutes)) - (int(stated[0]) * 60 + int(stated[1]))
        assert late % (24 * 60) == 5 * 60 + 30
        assert moment.inner_text().endswith(f"({utc.rpartition(', ')[2]})")
        page.get_by_role("button", name="Times in Asia/").click()
        expect(moment).to_have_text(utc)
