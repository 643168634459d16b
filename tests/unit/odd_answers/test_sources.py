"""A source of trends returns a list that fits into a row, or one reason.

It never raises an exception and never returns an empty list.
"""

import json
from typing import Any, get_args

import httpx
import pytest
from pydantic import SecretStr

from dropcast.aws import dynamo
from dropcast.tiktok.business.client import Business
from dropcast.trends import snapshot_store
from dropcast.trends.models import Failed, Found, Reason, TrendKind, dumped, trend_query
from dropcast.trends.rank_changes import EarlierRanks, with_moves
from dropcast.trends.sources import ask_interval_store, creative_center, discovery, ensembledata
from tests.unit.odd_answers.mutations import Answer
from tests.unit.support.accounts import NOW
from tests.unit.trends import answers
from tests.unit.trends.conftest import choose

ROW_BYTES_MAX = 400_000
REQUEST = httpx.Request("GET", "https://x.example/?name=bread&url=https://www.tiktok.com/@ana/video/11")

CASES: list[tuple[Any, TrendKind, str]] = [
    (discovery, "hashtags", answers.HASHTAGS),
    (discovery, "videos", answers.HASHTAGS),
    (discovery, "videos", answers.HASHTAG_VIDEOS),
    (discovery, "videos", answers.OEMBED),
    (discovery, "music", answers.MUSIC),
    (discovery, "keywords", answers.SEARCHES),
    (creative_center, "hashtags", answers.CREATIVE_HASHTAGS),
    (creative_center, "videos", answers.CREATIVE_PERIODS),
    (creative_center, "videos", answers.CREATIVE_VIDEOS),
    (ensembledata, "hashtags", answers.ENSEMBLE),
    (ensembledata, "videos", answers.ENSEMBLE),
]


class Server:
    """Good answers, except one that a test sets."""

    def __init__(self) -> None:
        self.odd: dict[str, Answer] = {}
        self.http = httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        return self.odd[path].response() if path in self.odd else answers.ANSWERS[path](request)


@pytest.fixture
def server(cloud) -> Server:
    """Replaces the sources' servers without AWS: these tests concern only the parsing of answers."""
    found = Server()
    business = Business("https://business.example", found.http)
    choose(cloud, CREATIVE_CENTER="on", CREATIVE_CENTER_URL="https://creative.example", TREND_KEYWORDS="bread")
    choose(cloud, ENSEMBLEDATA_URL="https://ensemble.example/apis")
    for source in (discovery, creative_center, ensembledata):
        cloud.setattr(source, "http_within", lambda seconds: found.http)
    cloud.setattr(discovery, "business_within", lambda seconds: business)
    cloud.setattr(discovery, "_holders", lambda kind: iter([discovery._Holder("c", "7")]))
    cloud.setattr(discovery, "call_with_business_token", lambda connection_id, call: call(SecretStr("token")))
    cloud.setattr(ensembledata, "ensembledata_token", lambda: SecretStr("token"))
    cloud.setattr(ensembledata, "take_units", lambda count: True)
    cloud.setattr(ask_interval_store, "take", lambda *asked: True)
    cloud.setattr(snapshot_store, "latest", lambda query: None)
    return found


@pytest.mark.parametrize(("source", "kind", "path"), CASES, ids=lambda value: str(value).rpartition(".")[2][:40])
def test_odd_answers_of_a_source(server, with_odd_answers, source, kind, path):
    which = trend_query(kind, "DE", 7, "ALL")

    def check(answer: Answer) -> None:
        server.odd = {path: answer}
        told = source.fetch(which, lambda count: True)
        _keepable(told) if isinstance(told, Found) else _told_why(told)

    with_odd_answers(f"{source.__name__} {kind} {path}", json.loads(answers.ANSWERS[path](REQUEST).content), check)


def _told_why(failed: Failed) -> None:
    assert failed.reason in get_args(Reason)
    assert failed.raw_status
    assert len(failed.raw_status.encode()) <= 1200


def _keepable(found: Found) -> None:
    """Serialise the list as `collect` stores it."""
    assert found.items
    before = EarlierRanks(NOW - 3600, {item.item_id: 1 for item in found.items[::2]})
    items = snapshot_store.fitting(with_moves(found.items, found.curves, before, NOW))
    along = with_moves(found.items, found.curves, None, NOW)
    assert items
    assert found.total is None or 0 <= found.total < 2**63
    text = snapshot_store._text(items)
    ranks = json.dumps({item.item_id: item.rank for item in items}, ensure_ascii=False)
    assert max(len(text.encode()), len(ranks.encode())) < ROW_BYTES_MAX - 20_000
    dynamo.to_item({"items": text, "total": found.total, "captured_at": found.captured_at})
    for item in along[:50]:
        json.dumps(dumped(item), ensure_ascii=False, allow_nan=False).encode()
