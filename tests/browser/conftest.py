"""A real server, a real Chromium, and a person who signs in and clicks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

from core.people.models import User
from tests.serving import serving
from tests.world import PASSWORD, World

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WAIT_MILLISECONDS = 30_000


@pytest.fixture
def address(committed: World) -> Iterator[str]:
    """The address of a server that works on the committed rows."""
    with serving(StaticFilesHandler(get_wsgi_application())) as where:
        yield f"{where}/backoffice/"


class Person:
    """A member of staff at a browser. Whatever the console complains about is kept."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def sign_in(self, user: User) -> "Person":
        """The person is on the overview."""
        self.page.goto(f"{self.address}login/")
        self.page.fill("#id_username", user.email)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("#login-form [type=submit]")
        self.page.wait_for_selector(".bo-cards")
        return self

    def open(self, path: str) -> None:
        """The page is open."""
        self.page.goto(self.address + path)
        self.page.wait_for_selector("#main")

    def press(self, label: str) -> None:
        """The dialog of this button is open."""
        self.page.locator(".bo-buttons").get_by_role("button", name=label, exact=True).click()
        self.page.wait_for_selector("#dialog-submit", state="visible")

    def confirm(self) -> None:
        """The dialog was carried out, and the next page says what came of it."""
        with self.page.expect_navigation():
            self.page.click("#dialog-submit")
        self.page.wait_for_selector("#main")

    def reads(self) -> str:
        """Everything on the page."""
        return self.page.inner_text("body")


@pytest.fixture
def browser() -> Iterator[Any]:
    """Chromium, without any state of earlier tests."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=str(CHROMIUM), args=list(SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture
def stand_before(address: str, browser: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Person]]:
    """Puts somebody before a browser of their own, not signed in. No page may have made its console complain.

    The browser comes after the server, so that it is gone, with its connections, before the server closes.
    """
    # Playwright keeps a loop of its own in this thread, and Django would take it for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    people: list[Person] = []

    def stand(**options: Any) -> Person:
        context = browser.new_context(locale="ru-RU", **options)
        context.set_default_timeout(WAIT_MILLISECONDS)
        people.append(Person(context.new_page(), address))
        return people[-1]

    yield stand
    connections.close_all()  # those of this thread while Playwright's loop runs are others than those before and after
    assert [complaint for person in people for complaint in person.complaints] == []


@pytest.fixture
def sit_down(stand_before: Callable[..., Person]) -> Callable[..., Person]:
    """Puts a member of staff before a browser of their own, signed in."""
    return lambda user, **options: stand_before(**options).sign_in(user)
