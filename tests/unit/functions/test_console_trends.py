"""The trends pages: lists by their address, ranks of the last lists, and sources in words."""

import re
from typing import Any

import pytest

from dropcast.settings import settings
from dropcast.trends import health_store, snapshot_store
from dropcast.trends.models import Failed, Hashtag, TrendQuery, Video, trend_query
from tests.unit.functions.trend_lists import HOUR_S, ITEMS, VIDEOS, keep
from tests.unit.functions.trend_lists import trends as trends
from tests.unit.support.accounts import NOW
from tests.unit.support.console import Shown, signed_in

PAGE, ITEM = "/console/trends", "/console/trends/item"
US = trend_query("hashtags", "US", 7, "ALL")


def keep_ranks(query: TrendQuery, at: int, *names: str, **more: Any) -> None:
    """Store a list of hashtags in this order."""
    items = tuple(Hashtag(rank=place, hashtag_id=name, name=name) for place, name in enumerate(names, 1))
    keep(query, at, items=items, **more)


@pytest.mark.parametrize("kind", ITEMS)
def test_each_kind_shows_its_items_with_source_and_age(trends, held_clock, kind):
    keep(trend_query(kind, "US", 7, "ALL"))
    held_clock.at += 2 * HOUR_S

    words = words_of(signed_in("read").get(PAGE, kind=kind))

    assert "Up to date From the Discovery API, captured 15 January 2027, 08:00 UTC, 2 hours ago." in words
    first = {
        "hashtags": "1 #pottery",
        "videos": "1 Slow #Bread @ana",
        "music": "1 Soft Voyage",
        "keywords": "1 sourdough",
    }
    assert first[kind] in words
    assert "The next run begins by 15 January 2027, 14:00 UTC." in words


def test_figures_have_their_unit_and_unknown_ones_are_left_out(trends):
    keep(trend_query("videos", "US", 7, "ALL"))

    words = words_of(signed_in("read").get(PAGE, kind="videos"))

    assert "7 views 3 likes 1 comment" in words
    assert "None" not in words


def test_the_address_chooses_the_list(trends):
    keep(trend_query("hashtags", "DE", 30, "FOOD"))

    shown = signed_in("read").get(PAGE, kind="hashtags", country="DE", period="30", category="FOOD")

    assert "Hashtags in DE over 30 days, Food" in words_of(shown)
    assert "#pottery" in words_of(shown)
    assert shown.form(PAGE).fields == {"kind": "hashtags", "country": "DE", "period": "30", "category": "FOOD"}


@pytest.mark.parametrize(
    "query",
    [{"kind": "sounds"}, {"country": "us"}, {"country": "<b>"}, {"period": "8"}, {"period": "x"}, {"category": "a b"}],
    ids=str,
)
def test_nonsense_in_the_address_shows_the_first_list(trends, query):
    keep(US)

    shown = signed_in("read").get(PAGE, **query)

    assert shown.status == 200
    assert "Hashtags in US over 7 days" in words_of(shown)


def test_a_change_has_a_mark_and_words(trends):
    changes: list[dict[str, Any]] = [
        {"direction": "up", "rank_change": 3},
        {"direction": "down", "rank_change": -2},
        {"direction": "stable", "rank_change": 0},
        {"direction": "new"},
        {"direction": "up", "basis": "curve"},
        {},
    ]
    items = tuple(Hashtag(rank=i, hashtag_id=str(i), name=f"tag{i}", **one) for i, one in enumerate(changes, 1))
    keep(US, items=items)

    words = words_of(signed_in("read").get(PAGE))

    for one in ("▲ up 3", "▼ down 2", "= no change", "★ new", "▲ rising", "– unknown"):
        assert one in words


def test_the_line_has_the_ranks_of_comparable_lists_oldest_first(trends, held_clock):
    keep_ranks(US, NOW, "b", "a")
    keep_ranks(US, NOW + 6 * HOUR_S, "x", "y", source="ensembledata")
    keep_ranks(US, NOW + 12 * HOUR_S, "b")
    keep_ranks(US, NOW + 18 * HOUR_S, "a", "b")
    held_clock.at += 18 * HOUR_S

    text = signed_in("read").get(PAGE).text

    assert "<span data-spark data-rank>2, –, 1</span>" in text
    assert "<span data-spark data-rank>1, 1, 2</span>" in text


def test_lists_in_part_and_of_other_words_are_not_in_the_line(trends):
    keep_ranks(US, NOW, "a", made_of="other words")
    keep_ranks(US, NOW + HOUR_S, "a", attempts=(Failed("discovery", "rate", "HTTP 429"),))
    keep_ranks(US, NOW + 2 * HOUR_S, "b", "a")
    keep_ranks(US, NOW + 3 * HOUR_S, "a")

    assert "<span data-spark data-rank>2, 1</span>" in signed_in("read").get(PAGE).text


def test_an_item_shows_its_ranks_as_a_plot_with_a_table(trends):
    keep_ranks(US, NOW, "b", "a")
    keep_ranks(US, NOW + 6 * HOUR_S, "b")
    keep_ranks(US, NOW + 12 * HOUR_S, "a")

    shown = signed_in("read").get(ITEM, kind="hashtags", country="US", period="7", id="a")

    assert '<figure data-plot="lines" data-rank>' in shown.text
    assert "15 January 2027, 20:00 UTC 1 15 January 2027, 14:00 UTC not in the list 15 January 2027, 08:00 UTC 2" in (
        words_of(shown)
    )
    assert 'href="/console/trends/use?hashtag=a"' in shown.text


@pytest.mark.parametrize("query", [{"id": "gone"}, {"id": ""}, {}, {"country": "FR", "id": "421"}], ids=str)
def test_an_item_that_is_in_no_list_is_not_found(trends, query):
    keep(US)

    assert signed_in("read").get(ITEM, **query).status == 404


def test_only_addresses_at_tiktok_are_links(trends):
    urls = ["https://www.tiktok.com/@ana/video/1", "javascript:alert(1)", "https://evil.example/@ana", "http://["]
    items = tuple(Video(rank=i, video_id=str(i), url=url) for i, url in enumerate(urls, 1))
    keep(trend_query("videos", "US", 7, "ALL"), items=items)

    text = signed_in("read").get(PAGE, kind="videos").text

    assert 'href="https://www.tiktok.com/@ana/video/1"' in text
    assert "evil" not in text
    assert "javascript:" not in text


def test_the_words_of_sources_are_shown_as_text_only(trends):
    items = (Hashtag(rank=1, hashtag_id="1", name="<img src=x>"),)
    keep(US, items=items, attempts=(Failed("ensembledata", "changed", "<script>alert(1)</script>"),))

    shown = signed_in("read").get(PAGE)

    assert "&lt;script&gt;" in shown.text
    assert "<script>alert" not in shown.text
    assert "<img" not in shown.text.partition("<main")[2]
    assert "/use?hashtag=" not in shown.text


def test_videos_about_a_word(trends):
    keep(trend_query("videos", "US", 7, "ALL"))
    visitor = signed_in("read")

    about = visitor.get(PAGE, kind="videos", keyword="pottery").text

    assert (f"Video {VIDEOS[1].item_id}" in about or "A video of @breadmaker" in about, "Slow #Bread" in about) == (
        True,
        False,
    )
    assert "No video of this list matches “absent”" in words_of(visitor.get(PAGE, kind="videos", keyword="absent"))


def test_fifty_items_are_shown_until_all_are_wanted(trends):
    keep_ranks(US, NOW, *(f"tag{number}" for number in range(60)))
    visitor = signed_in("read")

    first, everything = visitor.get(PAGE).text, visitor.get(PAGE, all="1").text

    assert (first.count("<tr>"), everything.count("<tr>")) == (51, 61)
    assert "Show all 60" in first


def test_without_countries_the_page_says_how_to_set_a_collection_up(cloud):
    assert "No collection is set up" in words_of(signed_in("read").get(PAGE))


def test_a_list_that_was_not_collected_yet_says_when_it_comes(trends):
    assert "This list was not collected yet" in words_of(signed_in("read").get(PAGE))
    assert "To have it now, start a collection" in words_of(signed_in("admin").get(PAGE))
    assert "A person with an admin key can start a collection now" in words_of(signed_in("read").get(PAGE))


@pytest.mark.parametrize(("query", "name"), [({"country": "FR"}, "Hashtags in FR"), ({"kind": "keywords"}, "Keywords")])
def test_a_list_that_is_not_collected_is_named(trends, query, name):
    trends.setenv("TREND_KINDS", "hashtags")
    settings.cache_clear()
    shown = signed_in("read").get(PAGE, **query)

    assert shown.status == 404
    assert name in words_of(shown)
    assert "None" not in words_of(shown)
    assert "This deployment does not collect this list." in words_of(shown)


@pytest.mark.parametrize("was_there", [False, True])
def test_a_list_that_no_source_returned_says_why_and_what_to_do(trends, was_there):
    if was_there:
        keep(US)
    attempts = [Failed("discovery", "not_connected", "no connection", asked=False)]
    snapshot_store.note_failure(US, attempts, NOW + HOUR_S)

    words = words_of(signed_in("read").get(PAGE))

    assert "No source returned this list at the last collection, 15 January 2027, 09:00 UTC." in words
    assert "Connect an advertiser for hashtags and videos" in words
    assert ("The table shows the last list." in words) is was_there


def test_an_old_list_says_that_it_is_out_of_date(trends, held_clock):
    keep(US)
    held_clock.at += 14 * HOUR_S

    assert "Out of date" in words_of(signed_in("read").get(PAGE))


def test_every_source_shows_its_health_in_words(trends):
    health_store.note_good("discovery", NOW - 60)
    failed = Failed("discovery", "rate", "HTTP 429")
    health_store.note_failed(failed, trend_query("music", "US", 7, "ALL"), NOW)
    off = Failed("ensembledata", "not_configured", "no token is set", asked=False)
    health_store.note_failed(off, US, NOW)

    words = words_of(signed_in("read").get(PAGE))

    assert "Discovery API Fails The source got too many requests. No action needed" in words
    assert (
        "Last list 15 January 2027, 07:59 UTC Last failure 15 January 2027, 08:00 UTC, for Music in US over 7 days"
        in (words)
    )
    assert "The source's answer: HTTP 429 Failures in a row 1" in words
    assert "Creative Center Not asked yet" in words
    not_set_up = "Dropcast did not call this source, because it is not set up. Deploy with trend_keywords"
    assert f"EnsembleData Not set up {not_set_up}" in words


@pytest.mark.parametrize("user_id", [None, "user-1"])
@pytest.mark.parametrize(("path", "calls"), [(PAGE, 4), (ITEM, 3)])
def test_a_view_makes_few_aws_calls(trends, aws_calls, path, calls, user_id):
    for number in range(130):
        keep_ranks(US, NOW + number * HOUR_S, "a", "b")
    visitor = signed_in("read", user_id=user_id)
    aws_calls.clear()

    assert visitor.get(path, id="a").status == 200

    assert len(aws_calls) == calls, aws_calls
    assert set(aws_calls) == {"GetItem", "Query"}


def words_of(shown: Shown) -> str:
    """The text of the page, without a space between a time and the punctuation after it."""
    return re.sub(r" ([.,])", r"\1", shown.words())
