"""An adopter's site in a browser: the program in examples/embed, or a page with one frame. Each has its own server.

A browser allows frames from this machine only in a page that comes from a server on this machine.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Frame, Page, Request, expect

from local.folder import ROOT
from local.processes import start, wait_ready
from local.stack import LocalStack
from local.stack_client import StackClient
from tests.e2e.conftest import SITE, SITE_PORT
from tests.e2e.console.conftest import Complaints
from tests.e2e.console.looks import sideways_px, violations

NARROW = 320
_LISTEN = "addEventListener('message', ({ origin, data }) => { (window.heard ??= []).push([origin, data]) })"


@dataclass
class Seen:
    """All addresses and referrers that the browser sent, and the tokens in its headers."""

    addresses: list[str] = field(default_factory=list[str])
    referrers: list[str] = field(default_factory=list[str])
    tokens: set[str] = field(default_factory=set[str])

    def request(self, asked: Request) -> None:
        self.addresses.append(asked.url)
        self.referrers.append(asked.headers.get("referer", ""))
        if token := asked.headers.get("authorization"):
            self.tokens.add(token.removeprefix("Bearer "))


class FramingSite(ThreadingHTTPServer):
    """A site that has one frame."""

    framed = ""


class _FramingPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, FramingSite)
        frame = f'<iframe title="TikTok" src="{self.server.framed}" width="100%" height="700"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<title>Site</title>{frame}".encode())

    def log_message(self, format: str, *args: Any) -> None:
        """The output of a test needs no line for each request."""


@contextmanager
def framing_site(port: int) -> Iterator[FramingSite]:
    with FramingSite(("127.0.0.1", port), _FramingPage) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass
class Adopter:
    """A browser at the adopter's site."""

    page: Page
    journey: StackClient
    complaints: Complaints
    seen: Seen

    def link(self, page: str = "post", key: str | None = None, **whose: Any) -> str:
        wish = {"origin": SITE, "page": page, **whose}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return self.journey.api("POST", "/v1/embeds", json=wish, headers=headers).raise_for_status().json()["url"]

    def show(self, site: FramingSite, url: str) -> Frame:
        """Open the site with this address in its frame."""
        site.framed = url
        self.page.goto(f"http://localhost:{site.server_port}", timeout=60_000)
        return self.frame()

    def frame(self) -> Frame:
        """The embedded page."""
        found = self.page.locator("iframe").element_handle().content_frame()
        assert found
        return found

    def heard(self) -> list[Any]:
        """The messages that the site received, each with its origin."""
        return self.page.evaluate("window.heard ?? []")

    def expect_heard(self, message: dict[str, Any]) -> None:
        self.page.wait_for_function(
            "wish => (window.heard ?? []).some(([, data]) => JSON.stringify(data) === JSON.stringify(wish))",
            arg=message,
        )


@pytest.fixture
def user() -> str:
    return f"user-{secrets.token_hex(4)}"


@pytest.fixture
def own_account(journey: StackClient, user: str) -> str:
    return journey.connect(f"creator-{secrets.token_hex(4)}", user_id=user, private=True)


@pytest.fixture
def site(stack: LocalStack, user: str, tmp_path: Path) -> Iterator[str]:
    """The example, with this user signed in."""
    own = {"BASE": stack.base_url, "KEY": stack.api_key, "PORT": str(SITE_PORT), "SITE_USER": user}
    command = [sys.executable, str(ROOT / "examples/embed/server.py")]
    child = start("site", command, env={**os.environ, **own}, log=tmp_path / "site.log", cwd=tmp_path)
    try:
        wait_ready(child, lambda: _answers(SITE), seconds=20)
        yield SITE
    finally:
        child.stop()


@pytest.fixture
def adopter(chromium: Browser, stack: LocalStack, journey: StackClient, complaints: Complaints) -> Iterator[Adopter]:
    context = chromium.new_context(viewport={"width": NARROW, "height": 800}, reduced_motion="reduce")
    context.add_init_script(_LISTEN)
    seen = Seen()
    context.on("request", seen.request)
    page = context.new_page()
    complaints.listen(page, {SITE, stack.public_url, stack.s3_endpoint_url, *filter(None, [stack.sandbox_url])})
    yield Adopter(page, journey, complaints, seen)
    context.close()


@pytest.fixture
def framing() -> Iterator[FramingSite]:
    with framing_site(SITE_PORT) as site:
        yield site


def _answers(origin: str) -> bool:
    try:
        return httpx.get(origin, trust_env=False).is_success
    except httpx.TransportError:
        return False


def id_of(url: str) -> str:
    """The embed's public id, in the path of its link."""
    return url.partition("#")[0].rpartition("/")[2]


def choose_and_upload(frame: Frame, file: Path) -> None:
    frame.locator("#file").set_input_files(str(file))
    expect(frame.locator("#files li.ready")).to_have_count(1, timeout=30_000)


def assert_looks_right(adopter: Adopter) -> None:
    """Check how the embedded page looks in a narrow frame, in light and in dark."""
    for scheme in ("light", "dark"):
        adopter.page.emulate_media(color_scheme=scheme)
        assert sideways_px(adopter.frame()) == 0
        assert violations(adopter.frame()) == [], scheme
