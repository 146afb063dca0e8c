"""One running application and one browser for all journeys."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    sync_playwright,
)

from tests.embedded.running_up import manage, up
from tests.journeys.application import Application
from tests.journeys.story import Story, tell

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
USER = "alice"
MILLISECONDS = 60_000


@pytest.fixture(scope="package")
def application() -> Iterator[Application]:
    folder = Path(tempfile.mkdtemp(prefix="ragledger-journeys-"))
    folder.chmod(0o711)
    with up(folder / "home") as running:
        password = manage(running.home, "create_user", USER, "--role", "administrator")
        key = manage(running.home, "create_api_key", "--application", "assistant")
        yield Application(running.address, USER, password.splitlines()[-1], key.splitlines()[-1])
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=installed, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def visitor(application: Application, browser: Browser) -> Iterator[Page]:
    """Somebody who has not signed in. A test fails with whatever their browser complains of."""
    with browser.new_context(base_url=application.address) as context:
        yield from _watched(context)


@pytest.fixture(scope="package")
def session(application: Application, browser: Browser) -> StorageState:
    """The cookies of somebody who has signed in."""
    with browser.new_context(base_url=application.address) as context:
        page = context.new_page()
        page.goto("/accounts/login/", timeout=MILLISECONDS)
        page.fill("[name=username]", application.user)
        page.fill("[name=password]", application.password)
        page.press("[name=password]", "Enter")
        page.wait_for_url("/", timeout=MILLISECONDS)
        return context.storage_state()


@pytest.fixture
def reviewer(application: Application, browser: Browser, session: StorageState) -> Iterator[Page]:
    """As `visitor`, signed in."""
    with browser.new_context(base_url=application.address, storage_state=session) as context:
        yield from _watched(context)


@pytest.fixture(scope="package")
def story(application: Application) -> Story:
    return tell(application)


def _watched(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.set_default_timeout(MILLISECONDS)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend(_complaint(message)))
    yield page
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    """What Chromium says of a page that is itself answered with 404 is no complaint."""
    is_own = message.page is not None and message.location["url"] == message.page.url
    return [message.text] if message.type in {"error", "warning"} and not is_own else []
