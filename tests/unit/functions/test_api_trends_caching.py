"""ETag and If-None-Match of /v1/trends."""

from dropcast.trends.models import trend_query
from tests.unit.functions.trend_lists import HOUR_S, header, keep, raw
from tests.unit.functions.trend_lists import trends as trends
from tests.unit.support.accounts import NOW


def test_a_caller_with_the_current_list_gets_no_body(trends, held_clock):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    first = raw("hashtags")
    held_clock.at += 60
    tag = header(first, "ETag")

    assert header(first, "Cache-Control") == "private, max-age=60"
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = raw("hashtags", known)
        assert (again["statusCode"], again["body"] or "", header(again, "ETag")) == (304, "", tag)
    assert raw("hashtags", '"other"')["statusCode"] == 200


def test_a_new_list_has_another_tag(trends):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    tag = header(raw("hashtags"), "ETag")
    keep(trend_query("hashtags", "US", 7, "ALL"), NOW + HOUR_S)

    assert raw("hashtags", tag)["statusCode"] == 200


def test_a_list_that_became_stale_has_another_tag(trends, held_clock):
    keep(trend_query("hashtags", "US", 7, "ALL"))
    tag = header(raw("hashtags"), "ETag")
    held_clock.at += 14 * HOUR_S

    assert raw("hashtags", tag)["statusCode"] == 200
