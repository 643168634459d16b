"""Videos of the Discovery API: their order, and their captions from oEmbed."""

import httpx
import pytest

from dropcast import clock
from dropcast.trends.collect import collect
from dropcast.trends.models import Video
from tests.unit.trends import answers
from tests.unit.trends.conftest import task
from tests.unit.trends.sources.test_discovery import VIDEOS, Budget, found


def test_videos_alternate_between_the_first_hashtags_each_once_with_its_caption(connected):
    told = found(VIDEOS)

    assert [item.item_id for item in told.items] == ["11", "21", "12", "13"]
    first = told.items[0]
    assert isinstance(first, Video)
    assert (first.author, first.description) == ("maker11", "Made by hand #Pottery #slow 11")
    assert first.hashtags == ("pottery", "bread", "slow")
    assert (first.views, first.likes, first.comments) == (None, None, None)
    assert [one.rank for one in told.items] == [1, 2, 3, 4]


def test_videos_cost_two_requests_and_one_for_each_caption(connected):
    budget = Budget(100)

    found(VIDEOS, budget)

    assert connected.paths == [answers.HASHTAGS, answers.HASHTAG_VIDEOS, *[answers.OEMBED] * 4]
    assert budget.left == 100 - 6


def test_no_more_than_twenty_videos_get_a_caption(connected):
    many = [answers.video(number) for number in range(1000, 1040)]
    rows = [{"hashtag_id": "421", "hashtag_name": "pottery", "top_video_list": many}]
    connected.answers[answers.HASHTAG_VIDEOS] = lambda _: answers.business({"list": rows})

    told = found(VIDEOS)

    assert len(told.items) == 40
    assert connected.paths.count(answers.OEMBED) == 20


@pytest.mark.parametrize(
    ("oembed", "asked"),
    [
        (httpx.Response(400, json={"message": "not found"}), 4),
        (httpx.Response(200, json={"type": "error"}), 4),
        (httpx.Response(429), 1),
        (httpx.Response(503), 1),
        (httpx.Response(200, text="<html>prove that you are human</html>"), 1),
        (httpx.Response(301, headers={"Location": "https://www.tiktok.com/login"}), 4),
    ],
)
def test_a_video_without_a_caption_is_kept(connected, oembed, asked):
    connected.answers[answers.OEMBED] = lambda _: oembed

    told = found(VIDEOS)

    assert [(one.item_id, one.description, one.hashtags) for one in told.items if isinstance(one, Video)][:2] == [
        ("11", "", ("pottery", "bread")),
        ("21", "", ("bread",)),
    ]
    assert connected.paths.count(answers.OEMBED) == asked


def test_a_video_of_the_last_list_is_not_requested_again(connected):
    collect(task("videos"))
    connected.answers[answers.OEMBED] = lambda _: httpx.Response(503)
    connected.asked.clear()

    told = found(VIDEOS)

    first = told.items[0]
    assert isinstance(first, Video)
    assert (first.author, first.description) == ("maker11", "Made by hand #Pottery #slow 11")
    assert first.hashtags == ("pottery", "bread", "slow")
    assert first.thumbnail_url == "https://p16.example/cover.jpeg"
    assert all(one.description for one in told.items if isinstance(one, Video))
    assert connected.paths == [answers.HASHTAGS, answers.HASHTAG_VIDEOS]


def test_only_a_new_videos_caption_is_requested(connected):
    collect(task("videos"))
    rows = [{"hashtag_id": "421", "hashtag_name": "clay", "top_video_list": [answers.video(99), answers.video(11)]}]
    connected.answers[answers.HASHTAG_VIDEOS] = lambda _: answers.business({"list": rows})
    connected.asked.clear()

    told = found(VIDEOS)

    assert [(one.description[-2:], one.hashtags) for one in told.items if isinstance(one, Video)] == [
        ("99", ("clay", "Pottery", "slow")),
        ("11", ("clay", "Pottery", "slow")),
    ]
    assert connected.paths.count(answers.OEMBED) == 1


def test_a_stop_of_the_captions_is_logged_once(connected, monkeypatch):
    logged: list[dict] = []
    monkeypatch.setattr(
        "dropcast.trends.sources.oembed_captions.logger.warning", lambda text, **more: logged.append(more)
    )
    connected.answers[answers.OEMBED] = lambda _: httpx.Response(503)

    found(VIDEOS)

    assert logged == [{"reason": "server_error", "place": 1}]


def test_captions_stop_at_the_end_of_the_budget(connected):
    told = found(VIDEOS, Budget(3))

    assert [bool(one.description) for one in told.items if isinstance(one, Video)] == [True, False, False, False]


def test_captions_stop_while_there_is_time_to_store_the_list(connected, held_clock):
    def slowly(_: httpx.Request) -> httpx.Response:
        clock.sleep(19)
        return httpx.Response(404)

    connected.answers[answers.OEMBED] = slowly

    with clock.ending_in(60):
        found(VIDEOS)

        assert connected.paths.count(answers.OEMBED) == 2
        assert clock.seconds_left() > 20
