"""Compares our reading of TikTok's rules with the sandbox's.

The two programs share no code and run in one process without a socket.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from pydantic import SecretStr
from pytest_socket import disable_socket, enable_socket

from dropcast.publishing.steps import build_init
from dropcast.tiktok.client import TikTok
from sandbox.creators import Creator
from sandbox.server import make_app
from sandbox.settings import Settings
from sandbox.state.publishes import Publish, Publishes
from sandbox.state.state import Sandbox

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would prefer httpx2
    from starlette.testclient import TestClient

PREFIX = "https://media.example.com/"
"""The address of everything that the sandbox may pull."""


@dataclass
class World:
    """The sandbox and its only creator. Tests change both."""

    sandbox: Sandbox
    http: TestClient

    def begin(self, *, private: bool = True, audited: bool = True, verified: bool = True) -> Creator:
        """Reset the creator, who then has no posts."""
        settings = self.sandbox.settings
        settings.audited, settings.rate_limits = audited, {}
        settings.verified_urls = [PREFIX] if verified else ["other.example"]
        self.sandbox.publishes = Publishes()
        creator = self.sandbox.creators.find("tom.private")
        assert creator is not None
        creator.private = private
        creator.comment_disabled = creator.duet_disabled = creator.stitch_disabled = False
        creator.max_video_post_duration_sec = 600
        return creator

    def token(self, creator: Creator, scopes: set[str]) -> SecretStr:
        issued = self.sandbox.tokens.new_access(creator.open_id, tuple(scopes), 1, self.sandbox.clock.now() + 3600)
        return SecretStr(issued.value)

    def last(self) -> Publish:
        """The publish that the last accepted init created."""
        return self.sandbox.publishes.all()[-1]

    @property
    def tiktok(self) -> TikTok:
        return TikTok("http://testserver", self.http)


@pytest.fixture(scope="module", autouse=True)
def _no_network() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


def _nothing_there(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nothing is served here", request=request)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    app = make_app(Settings(redirect_uris=["https://app.example/callback"]))
    with TestClient(app) as http, pytest.MonkeyPatch.context() as patch:
        app.state.sandbox.http = httpx.AsyncClient(transport=httpx.MockTransport(_nothing_there))
        world = World(app.state.sandbox, http)
        patch.setattr(build_init, "tiktok", lambda: world.tiktok)
        patch.setattr(build_init, "media_url", lambda source: SecretStr(f"{PREFIX}{source.key}?Signature=s"))
        yield world
