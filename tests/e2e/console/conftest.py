"""Pages of the console in a real browser. A test fails if its page complains or calls a forbidden host."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from local.stack import LocalStack
from tests.e2e.console.looks import DESKTOP
from tests.e2e.console.signing_in import session_cookie_of

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]


@dataclass
class Complaints:
    """The complaints of a test's pages. A test that provokes a complaint removes it."""

    found: list[str] = field(default_factory=list[str])

    def listen(self, page: Page, origins: set[str]) -> None:
        """origins: the origins that the pages may call."""

        def console(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.found.append(f"console {message.type}: {message.text} at {message.location.get('url')}")

        def request(asked: Request) -> None:
            parts = urlsplit(asked.url)
            if parts.scheme in ("http", "https") and f"{parts.scheme}://{parts.netloc}" not in origins:
                self.found.append(f"request to another host: {asked.url}")

        page.on("console", console)
        page.on("pageerror", lambda error: self.found.append(f"page error: {error}"))
        page.on("request", request)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    assert complaints.found == []


@pytest.fixture
def open_page(chromium: Browser, stack: LocalStack, complaints: Complaints) -> Iterator[Open]:
    """Opens a page in a new browser with its own cookies."""
    contexts: list[Any] = []

    def make(width: int = DESKTOP, scheme: Scheme = "light", **more: Any) -> Page:
        context = chromium.new_context(
            base_url=stack.public_url,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        origins = {stack.public_url, stack.s3_endpoint_url, *filter(None, [stack.sandbox_url])}
        complaints.listen(page, origins)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Open) -> Page:
    """A light page at desktop width."""
    return open_page()


@pytest.fixture(scope="session")
def session_cookie(stack: LocalStack) -> Any:
    """The session cookie of a person who signed in with the stack's own key.

    The number of sign-ins per minute is limited.
    """
    return session_cookie_of(stack, stack.api_key)


@pytest.fixture
def open_signed_in(open_page: Open, session_cookie: Any) -> Open:
    """Opens a page in a browser in which a person is signed in."""

    def make(*args: Any, **more: Any) -> Page:
        page = open_page(*args, **more)
        page.context.add_cookies([session_cookie])
        return page

    return make
