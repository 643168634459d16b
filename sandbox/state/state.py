"""The state of a running sandbox."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

import httpx
from starlette.requests import Request

from sandbox.answers.open_api import Refusal
from sandbox.creators import Creator, Creators
from sandbox.faults.faults import Faults
from sandbox.settings import Settings
from sandbox.state.business_tokens import BusinessTokens
from sandbox.state.clock import Agenda, Clock
from sandbox.state.comments import Comments
from sandbox.state.journal import Entry, Journal
from sandbox.state.made_up_trends import TrendingVideo
from sandbox.state.publishes import Publishes
from sandbox.state.rate_limits import SlidingWindows
from sandbox.state.tcp_connections import Connections, tracking_protocol
from sandbox.state.tokens import Token, Tokens

ADVERTISERS = ("7000000000000000101", "7000000000000000102")


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass
class Sandbox:
    started_with: Settings
    clock: Clock = field(default_factory=Clock)
    connections: Connections = field(default_factory=Connections)
    http: httpx.AsyncClient = field(default_factory=_client)
    stop_listening: Callable[[float], Coroutine[None, None, None]] | None = None
    """Refuses connections for a number of seconds. The server sets this function."""

    def __post_init__(self) -> None:
        self.agenda = Agenda(self.clock)
        self.protocol = tracking_protocol(self.connections)
        self.reset()

    def reset(self) -> None:
        """Restore the initial state: settings, two creators, no tokens, no posts, the real time."""
        self.agenda.clear()
        self.clock.advanced = 0.0
        self.settings = self.started_with.model_copy(deep=True)
        self.creators = Creators()
        self.tokens = Tokens()
        self.business_tokens = BusinessTokens(self.tokens.issued)
        self.advertisers = list(ADVERTISERS)
        self.comments = Comments()
        self.ensemble_units: dict[str, int] = {}
        self.seen_videos: dict[int, TrendingVideo] = {}
        self.publishes = Publishes()
        self.journal = Journal()
        self.faults = Faults()
        self.limits = SlidingWindows()
        self.held_webhooks: list[bytes] = []

    def remember_videos(self, videos: list[TrendingVideo]) -> None:
        """Make these videos known to oEmbed."""
        self.seen_videos |= {video.id: video for video in videos}

    def invalid_params(self, message: str) -> Refusal:
        return Refusal(self.settings.invalid_params_code, message)


@dataclass(frozen=True)
class Caller:
    token: Token
    creator: Creator


def sandbox_of(request: Request) -> Sandbox:
    return request.app.state.sandbox


def entry_of(request: Request) -> Entry:
    return request.state.entry
