"""An odd answer affects at most the requested list: the next source is called, and the failure is recorded."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from dropcast.trends import collect as collecting
from dropcast.trends.collect import collect
from dropcast.trends.health_store import healths
from dropcast.trends.models import Source, trend_query
from dropcast.trends.snapshot_store import latest
from tests.unit.support.accounts import items
from tests.unit.trends import answers
from tests.unit.trends.conftest import choose, switch_on, task

US = trend_query("hashtags", "US", 7, "ALL")
HALF = "\ud83c"
ROW_BYTES_MAX = 400_000


def escaped(value: Any) -> Callable[[httpx.Request], httpx.Response]:
    """An answer with a lone surrogate, which httpx would not encode."""
    return lambda request: httpx.Response(200, content=json.dumps(value).encode())


def stored(sk: str = "latest", pk: str = US.key) -> dict[str, Any]:
    return next(row for row in items("trends") if row["pk"] == pk and row["sk"].startswith(sk))


def half_in(answer: httpx.Response, *place: str | int) -> Callable[[httpx.Request], httpx.Response]:
    """`answer` with a lone surrogate after the text at `place`."""
    said = inner = json.loads(answer.content)
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] += HALF
    return escaped(said)


ROW = ("data", "list", 0)
REQUEST = httpx.Request("GET", "https://x.example/?url=https://www.tiktok.com/@ana/video/11")
HALVES = {
    "hashtag": ("hashtags", answers.HASHTAGS, answers.two_hashtags(REQUEST), (*ROW, "hashtag_name")),
    "country": ("hashtags", answers.HASHTAGS, answers.two_hashtags(REQUEST), (*ROW, "top_country_list", 0)),
    "message": ("hashtags", answers.HASHTAGS, answers.two_hashtags(REQUEST), ("message",)),
    "track": ("music", answers.MUSIC, answers.music(REQUEST), (*ROW, "commercial_music_name")),
    "artist": ("music", answers.MUSIC, answers.music(REQUEST), (*ROW, "artist")),
    "keyword": ("keywords", answers.SEARCHES, answers.searches(REQUEST), ("data", "search_keywords", 0)),
    "caption": ("videos", answers.OEMBED, answers.caption(REQUEST), ("title",)),
    "author": ("videos", answers.OEMBED, answers.caption(REQUEST), ("author_url",)),
}


@pytest.mark.parametrize(("kind", "path", "answer", "place"), HALVES.values(), ids=HALVES)
def test_a_lone_surrogate_does_no_harm(connected, kind, path, answer, place):
    connected.answers[path] = half_in(answer, *place)

    assert collect(task(kind)).source == "discovery"


@pytest.mark.parametrize(
    "crash",
    [
        ValueError("canary"),
        KeyError("canary"),
        RecursionError(),
        MemoryError(),
        UnicodeEncodeError("utf-8", "", 0, 1, ""),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_is_a_failed_attempt_and_the_next_source_is_called(trends, sources, crash, caplog):
    def ask(*_: object) -> Any:
        raise crash

    switch_on(trends)
    others = collecting.SOURCES[1:]
    trends.setattr(collecting, "SOURCES", (Source("discovery", lambda query: True, ask), *others))

    collected = collect(task("hashtags"))

    assert collected.source == "creative_center"
    [attempt] = collected.attempts
    assert (attempt.source, attempt.reason, attempt.asked) == ("discovery", "changed", True)
    assert attempt.raw_status == f"{type(crash).__name__} while its answer was read"
    assert healths()["discovery"].failures == 1
    assert "canary" not in caplog.text


def test_an_aws_error_returns_the_message_to_the_queue(trends, sources):
    def ask(*_: object) -> Any:
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "UpdateItem")

    trends.setattr(collecting, "SOURCES", (Source("discovery", lambda query: True, ask),))

    with pytest.raises(ClientError):
        collect(task("hashtags"))


@pytest.mark.parametrize(
    "url", [f"https://www.tiktok.com/{'x' * 70_000}", "", "x", "https://[", "javascript:alert(1)", None, 5]
)
def test_an_invalid_address_costs_only_that_videos_caption(connected, url):
    rows = [answers.video(11) | {"share_url": url}, answers.video(12)]
    connected.answers[answers.HASHTAG_VIDEOS] = lambda _: answers.business(
        {"list": [{"hashtag_id": "421", "hashtag_name": "pottery", "top_video_list": rows}]}
    )

    assert collect(task("videos")).source == "discovery"

    found = latest(task("videos").query)
    assert found is not None
    assert [(one.item_id, bool(one.description)) for one in found.items] == [("11", False), ("12", True)]


@pytest.mark.parametrize("name", ["x" * 350_000, "ṩ" * 350_000, '"' * 350_000, "\x00" * 350_000])
def test_a_giant_item_does_not_move_the_others(connected, name):
    connected.answers[answers.HASHTAGS] = lambda _: answers.hashtags(
        answers.hashtag(1, name), answers.hashtag(2, "bread")
    )

    assert collect(task("hashtags")).items == 2

    assert len(stored()["items"].encode()) < ROW_BYTES_MAX


@pytest.mark.parametrize("count", [300, 1_500])
@pytest.mark.parametrize("name", ["a", "ก" * 300, "\x01" * 300])
def test_a_row_is_measured_as_it_is_stored(connected, held_clock, count, name):
    collect(task("hashtags"))
    held_clock.at += 6 * 3600
    rows = [{"hashtag_id": f"{n}{'ก' * 150}", "hashtag_name": name, "rank_position": n} for n in range(1, count)]
    connected.answers[answers.HASHTAGS] = lambda _: answers.business({"list": rows})

    collected = collect(task("hashtags", run_id="run_2"))

    assert collected.source == "discovery"
    assert 100 < collected.items <= 500
    assert len(stored()["items"].encode()) < ROW_BYTES_MAX
    assert max(len(str(row).encode()) for row in items("trends") if row["pk"] == US.key) < ROW_BYTES_MAX


@pytest.mark.parametrize("number", ["9" * 400, int("9" * 400), 2**63, -1, 1.5, 1e308, True, [], {}, "many", "", None])
def test_an_invalid_count_is_unknown(connected, number):
    row = answers.hashtag(1, "bread") | {"views": number, "posts": number, "trending_history": [{"date": "2027-01-14"}]}
    connected.answers[answers.HASHTAGS] = escaped(json.loads(answers.hashtags(row).content))

    collect(task("hashtags"))

    [item] = stored_items()
    assert "views" not in item
    assert "posts" not in item


def stored_items() -> list[dict[str, Any]]:
    return json.loads(stored()["items"])


@pytest.mark.parametrize("number", [1904000.0, "1904000.0", "1904000"])
def test_a_number_may_have_a_zero_fraction(connected, number):
    connected.answers[answers.HASHTAGS] = lambda _: answers.hashtags(answers.hashtag(1, "bread", views=number))

    collect(task("hashtags"))

    assert stored_items()[0]["views"] == 1_904_000


@pytest.mark.parametrize("rank", [0, "0", -1, "9" * 400, 1.5, None, "first"])
def test_an_invalid_rank_is_another_shape(connected, trends, rank):
    switch_on(trends)
    row = answers.hashtag(1, "bread") | {"rank_position": rank}
    connected.answers[answers.HASHTAGS] = escaped(json.loads(answers.hashtags(row).content))

    collected = collect(task("hashtags"))

    assert collected.source == "creative_center"
    assert collected.attempts[0].reason == "changed"


@pytest.mark.parametrize("day", ["2026-11-31", "", None, 5, {}, "0000-00-00", "9" * 400])
def test_an_invalid_day_is_omitted_from_its_curve(connected, day):
    days = [{"date": day, "rank_position_daily": 1}, *answers.days("5", "2", "9")]
    connected.answers[answers.HASHTAGS] = lambda _: answers.hashtags(answers.hashtag(1, "bread", trending_history=days))

    assert collect(task("hashtags")).source == "discovery"

    assert stored_items()[0]["rank_change"] == 3


@pytest.mark.parametrize("odd", [None, 5, [], {"a": 1}])
def test_a_caption_without_an_author_is_valid(connected, odd):
    said = {"title": "Bread", "author_unique_id": odd, "author_name": odd, "author_url": "https://www.tiktok.com/@ana"}
    connected.answers[answers.OEMBED] = lambda _: httpx.Response(200, json=said)

    collect(task("videos"))

    found = latest(task("videos").query)
    assert found is not None
    assert (found.items[0].description, found.items[0].author) == ("Bread", "ana")


def test_posts_of_a_search_need_no_caption_and_no_counts(sources, trends):
    switch_on(trends)
    choose(trends, CREATIVE_CENTER="off")
    odd = {"desc": None, "statistics": [], "author": "ana"}
    sources.answers[answers.ENSEMBLE] = lambda _: answers.ensemble(
        answers.post(1, "a", 5), answers.post(2, "b", 5) | odd
    )

    assert collect(task("videos")).items == 2


def test_blank_keywords_are_omitted(connected):
    connected.answers[answers.SEARCHES] = lambda _: answers.business({"search_keywords": ["a", "", "  ", None, "b"]})

    collect(task("keywords"))

    found = latest(task("keywords").query)
    assert found is not None
    assert [(one.rank, one.item_id) for one in found.items] == [(1, "a"), (2, "b")]
