"""EnsembleData as a source: lists that are built from samples, counted units, and unusual statuses."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast import clock
from dropcast.trends.collect import collect
from dropcast.trends.health_store import healths
from dropcast.trends.models import Failed, Found, Hashtag, Video, trend_query
from dropcast.trends.snapshot_store import latest
from dropcast.trends.sources.ensembledata import fetch, hashtags_of, supports, videos_of
from dropcast.trends.sources.ensembledata_client import Post, Statistics
from tests.unit.trends import answers
from tests.unit.trends.conftest import Sources, choose, switch_on, task

HASHTAGS = trend_query("hashtags", "DE", 7, "ALL")
VIDEOS = trend_query("videos", "DE", 30, "ALL")

posts = st.lists(
    st.builds(
        lambda number, names, views: Post.model_validate(
            {"aweme_id": str(number), "desc": " ".join(names), "statistics": {"play_count": views}}
        ),
        st.integers(1, 10**6),
        st.lists(st.sampled_from(["#bread", "#Bread", "#slow", "kiln"]), max_size=3),
        st.integers(0, 10**12),
    ),
    unique_by=lambda post: post.aweme_id,
    max_size=30,
)  # fmt: skip


@pytest.fixture
def ensemble(sources: Sources, trends: pytest.MonkeyPatch) -> Sources:
    """EnsembleData is enabled, TikTok API for Business is not connected, and Creative Center is off."""
    switch_on(trends)
    choose(trends, CREATIVE_CENTER="off", ENSEMBLEDATA_UNITS_PER_DAY="6")
    return sources


def ok(_: int) -> bool:
    return True


def cut_off(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout(f"canary {request.url}", request=request)


FAILURES = {
    **{
        status: (httpx.Response(status, json={"detail": "canary"}), reason, f"HTTP {status}")
        for status, reason in {
            491: "refused", 492: "refused", 493: "refused", 495: "budget", 429: "rate", 422: "refused", 466: "region",
            469: "refused", 500: "unanswered", 520: "unanswered",
        }.items()
    },
    "captcha": (httpx.Response(200, text="<html>canary</html>"), "captcha", "HTTP 200"),
    "no posts": (answers.ensemble(), "empty", "HTTP 200, no posts for 2 words"),
    "null": (httpx.Response(200, json={"data": {"data": None}}), "empty", "HTTP 200, no posts"),
    "moved": (httpx.Response(200, json={"data": {"posts": []}}), "changed", "HTTP 200, data.data: missing"),
    "renamed": (httpx.Response(200, json={"data": {"data": [{"a": 1}]}}), "changed", "HTTP 200, data.data.0.aweme_i"),
    "timeout": (cut_off, "unanswered", "timeout"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["hashtags", "videos"])
@pytest.mark.parametrize("failure", FAILURES)
def test_it_fails_with_a_reason_and_its_own_message(ensemble, kind, failure):
    answer, reason, words = FAILURES[failure]
    ensemble.answers[answers.ENSEMBLE] = answer if callable(answer) else lambda _: answer

    collected = collect(task(kind))

    [attempt] = [one for one in collected.attempts if one.source == "ensembledata"]
    assert collected.source is None
    assert (attempt.reason, attempt.raw_status[: len(words)]) == (reason, words)
    assert "canary" not in attempt.raw_status
    assert healths()["ensembledata"].state == "failing"


def test_videos_of_all_words_are_sorted_by_views(ensemble):
    told = fetch(VIDEOS, ok)

    assert isinstance(told, Found)
    assert [(one.item_id, one.rank) for one in told.items] == [("52", 1), ("53", 2), ("51", 3)]
    assert told.items[0] == Video(
        rank=1, video_id="52", description="Rye #bread", author="ana", hashtags=("bread",), views=300, likes=2,
        comments=1, url="https://www.tiktok.com/@ana/video/52",
    )  # fmt: skip


def test_hashtags_come_from_the_samples_sorted_by_views(ensemble):
    told = fetch(HASHTAGS, ok)

    assert isinstance(told, Found)
    assert told.items == (
        Hashtag(rank=1, hashtag_id="#bread", name="bread", views=400, posts=2),
        Hashtag(rank=2, hashtag_id="#slow", name="slow", views=350, posts=2),
    )


def test_each_word_is_one_search_with_the_token_and_costs_one_unit(ensemble):
    fetch(VIDEOS, ok)

    assert [dict(request.url.params) for request in ensemble.asked] == [
        {
            "name": word,
            "cursor": "0",
            "period": "30",
            "sorting": "0",
            "country": "de",
            "match_exactly": "false",
            "get_author_stats": "false",
            "token": "canary-ensemble",
        }
        for word in ("bread", "pottery")
    ]


def test_no_more_units_are_spent_in_a_day_than_allowed(ensemble, held_clock):
    told = [fetch(VIDEOS, ok) for _ in range(4)]

    assert [isinstance(one, Found) for one in told] == [True, True, True, False]
    assert len(ensemble.asked) == 6
    assert isinstance(told[3], Failed)
    assert (told[3].reason, told[3].asked) == ("budget", False)

    held_clock.at += 24 * 3600
    assert isinstance(fetch(VIDEOS, ok), Found)


def second_word(answer: httpx.Response):
    def told(request: httpx.Request) -> httpx.Response:
        return answers.ensemble_posts(request) if request.url.params["name"] == "bread" else answer

    return told


def test_results_of_some_words_are_kept_if_others_fail_with_the_reason_beside_them(ensemble):
    ensemble.answers[answers.ENSEMBLE] = second_word(httpx.Response(495))

    collected = collect(task("videos"))

    snapshot = latest(trend_query("videos", "US", 7, "ALL"))
    health = healths()["ensembledata"]
    assert snapshot is not None
    assert (collected.source, collected.attempts[-1].raw_status) == ("ensembledata", "HTTP 495")
    assert ([one.item_id for one in snapshot.items], snapshot.good) == (["52", "51"], True)
    assert [(one.source, one.reason) for one in snapshot.attempts] == [
        ("discovery", "not_connected"),
        ("creative_center", "not_configured"),
        ("ensembledata", "budget"),
    ]
    assert (health.state, health.failures, health.raw_status) == ("good", 1, "HTTP 495")


def test_running_out_of_units_is_reported_and_is_no_failure_of_the_source(ensemble, trends):
    choose(trends, ENSEMBLEDATA_UNITS_PER_DAY="1")

    collected = collect(task("videos"))

    assert collected.source == "ensembledata"
    assert (collected.attempts[-1].raw_status, collected.attempts[-1].asked) == (
        "the units of this day are used up",
        False,
    )
    assert healths()["ensembledata"].failures == 0


def test_results_of_all_words_are_no_partial_list(ensemble):
    told = fetch(VIDEOS, ok)

    assert isinstance(told, Found)
    assert told.partly is None


@pytest.mark.parametrize("missing", ["words", "token"])
def test_without_words_or_a_token_it_is_not_called(sources, trends, missing):
    if missing == "words":
        switch_on(trends)
    choose(trends, TREND_KEYWORDS="" if missing == "words" else "bread")

    told = fetch(VIDEOS, ok)

    assert isinstance(told, Failed)
    assert (told.reason, told.asked, sources.asked) == ("not_configured", False, [])


@pytest.mark.parametrize(
    ("which", "possible"),
    [
        (HASHTAGS, True),
        (trend_query("videos", "DE", 120, "ALL"), False),
        (trend_query("videos", "DE", 7, "FOOD"), False),
        (trend_query("music", "DE", 7, "ALL"), False),
        (trend_query("keywords", "DE", 7, "ALL"), False),
    ],
    ids=lambda one: getattr(one, "key", one),
)
def test_it_is_not_called_for_lists_that_it_lacks(which, possible):
    assert supports(which) is possible


def test_it_is_the_last_source(ensemble, trends):
    choose(trends, CREATIVE_CENTER="on")
    ensemble.answers[answers.CREATIVE_HASHTAGS] = lambda _: answers.creative(38001001, "InvalidLogin")

    collected = collect(task("hashtags"))

    assert collected.source == "ensembledata"
    assert [one.source for one in collected.attempts] == ["discovery", "creative_center"]


@given(posts)
def test_ranks_have_no_gaps_and_fall_with_the_views(sample):
    for items in (videos_of(sample), hashtags_of(sample)):
        views = [one.views or 0 for one in items if isinstance(one, Video | Hashtag)]
        assert [one.rank for one in items] == list(range(1, len(items) + 1))
        assert views == sorted(views, reverse=True)


@given(posts)
def test_a_hashtag_counts_each_post_once_in_any_case(sample):
    tags = [one for one in hashtags_of(sample) if isinstance(one, Hashtag)]

    assert len({one.name for one in tags}) == len(tags)
    assert all(one.posts is not None and one.posts <= len(sample) for one in tags)
    assert all((one.views or 0) <= sum(post.views for post in sample) for one in tags)


def test_a_post_without_counts_has_no_views():
    assert Post(aweme_id="1").views == 0
    assert Post(aweme_id="1", statistics=Statistics.model_validate({})).views == 0


def test_a_slow_search_ends_the_sample_while_there_is_time_to_store_it(ensemble, trends, held_clock):
    choose(trends, TREND_KEYWORDS="bread,pottery,kiln,clay,glaze", ENSEMBLEDATA_UNITS_PER_DAY="50")

    def slowly(_: httpx.Request) -> httpx.Response:
        clock.sleep(19)
        return answers.ensemble(answers.post("1", "#bread", views=5))

    ensemble.answers[answers.ENSEMBLE] = slowly

    with clock.ending_in(60):
        found = fetch(VIDEOS, ok)

        assert isinstance(found, Found)
        assert len(ensemble.asked) == 2
        assert clock.seconds_left() > 20


def test_without_time_for_a_search_no_unit_is_spent(ensemble):
    with clock.ending_in(25):
        failed = fetch(VIDEOS, ok)

    assert isinstance(failed, Failed)
    assert (failed.reason, failed.asked, ensemble.asked) == ("budget", False, [])
