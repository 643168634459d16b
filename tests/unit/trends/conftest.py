"""A deployment in moto that collects trends of two countries, and sources that answer as a test says."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from dropcast.accounts import partner_secrets, tiktok_app
from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import AdvertiserGrant, HolderGrant
from dropcast.trends.models import TrendKind, trend_query
from dropcast.trends.run_queue import Task
from tests.unit.support.accounts import NOW
from tests.unit.support.accounts import aws_calls as aws_calls
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock
from tests.unit.trends.answers import ANSWERS

Answer = Callable[[httpx.Request], httpx.Response]


@dataclass
class Sources:
    """All outside servers, by path. A test may change `answers`. `asked` has the requests in order."""

    answers: dict[str, Answer] = field(default_factory=lambda: dict(ANSWERS))
    asked: list[httpx.Request] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answers[request.url.path](request)

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]


@pytest.fixture
def trends(cloud: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A deployment that collects trends; a test can change its settings."""
    choose(cloud, TREND_COUNTRIES="US,DE", TREND_REQUESTS_PER_RUN="100")
    return cloud


@pytest.fixture
def sources(trends: pytest.MonkeyPatch) -> Sources:
    found = Sources()
    client = httpx.Client(transport=httpx.MockTransport(found.answer))
    trends.setattr(tiktok_app, "http_within", lambda seconds: client)
    for source in ("discovery", "creative_center", "ensembledata"):
        trends.setattr(f"dropcast.trends.sources.{source}.http_within", lambda seconds: client)
    return found


@pytest.fixture
def connected(sources: Sources) -> Sources:
    """TikTok API for Business is connected, by an advertiser and by an account."""
    advertiser = AdvertiserGrant(access_token=SecretStr("canary-advertiser"), advertiser_ids=("7000000000000000001",))
    save_business(BusinessConsent(user_id="ana", app_id="app-1", at=NOW), advertiser)
    connect_account("canary-holder", "business-1", NOW)
    return sources


def connect_account(token: str, open_id: str, at: int, serves: str | None = None) -> None:
    """A connection of an account. `serves`: our account whose comments the connection manages."""
    grant = HolderGrant(
        access_token=SecretStr(token),
        refresh_token=SecretStr(f"{token}-refresh"),
        expires_in=86_400,
        refresh_expires_in=31_536_000,
        open_id=open_id,
        scopes=frozenset({"discovery.search.words"}),
    )
    save_business(BusinessConsent(user_id="ana", app_id="app-1", at=at, account_id=serves), grant)


def choose(patch: pytest.MonkeyPatch, **environment: str) -> None:
    for name, value in environment.items():
        patch.setenv(name, value)
    settings.cache_clear()


def switch_on(patch: pytest.MonkeyPatch) -> None:
    """Enable Creative Center, and EnsembleData with its token."""
    token = '{"ensembledata_token": "canary-ensemble"}'
    clients.client("secretsmanager").put_secret_value(SecretId=settings().partner_secret_arn, SecretString=token)
    partner_secrets._partners.cache_clear()
    choose(
        patch,
        CREATIVE_CENTER="on",
        CREATIVE_CENTER_URL="https://creative.example",
        CREATIVE_CENTER_US_URL="https://creative.example/us",
        ENSEMBLEDATA_URL="https://ensemble.example/apis",
        TREND_KEYWORDS="bread,pottery",
    )


def task(kind: TrendKind, country: str = "US", run_id: str = "run_1") -> Task:
    return Task(run_id, trend_query(kind, country, 7, "ALL"))


def queued() -> list[dict[str, Any]]:
    """The messages in the queue."""
    messages: list[dict[str, Any]] = []
    while True:
        answer = clients.client("sqs").receive_message(QueueUrl=settings().trends_queue_url, MaxNumberOfMessages=10)
        if not answer.get("Messages"):
            return messages
        messages += [json.loads(message["Body"]) for message in answer["Messages"]]


@pytest.fixture
def creative(sources: Sources, trends: pytest.MonkeyPatch) -> Sources:
    """Creative Center is enabled, TikTok API for Business is not connected, and EnsembleData finds nothing."""
    switch_on(trends)
    choose(trends, TREND_KEYWORDS="")
    return sources
