import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.routes.webhooks import signature
from sandbox.rules.post_rules import is_ownership_proven, post_info_problem, source_info_problem, utf16_units
from sandbox.state.clock import Agenda, Clock
from sandbox.state.rate_limits import SlidingWindows


@given(st.text())
def test_titles_are_counted_in_utf16_units(text):
    assert utf16_units(text) == sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def test_the_signature_matches_the_documented_example():
    body = (
        rb'{"client_key":"ck","event":"post.publish.complete","create_time":1615338610,"user_openid":"u1",'
        rb'"content":"{\"publish_id\":\"v_pub_file~v2-1.1\",\"publish_type\":\"DIRECT_POST\"}"}'
    )

    assert signature("secret", body, 1700000000) == (
        "t=1700000000,s=06e784eea4ce82548ad783640699bced84d56ffb62c3208d45de85619d7aafb1"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a.mp4", True),
        ("https://cdn.example.com/a.mp4", True),
        ("https://notexample.com/a.mp4", False),
        ("https://com/a.mp4", False),
        ("https://pages.host/me/a.mp4", True),
        ("https://pages.host/you/a.mp4", False),
        ("http://pages.host/me/a.mp4", False),
    ],
)
def test_ownership_is_proven_by_domain_or_exact_prefix(url, expected):
    assert is_ownership_proven(url, ["example.com", "https://pages.host/me/"]) is expected


@pytest.mark.parametrize("url", [None, 5, "", "ftp://a/b", "https://", "http://10.0.0.1/a", "http://[::1", "x"])
def test_a_video_url_must_be_https(url):
    assert source_info_problem({"source": "PULL_FROM_URL", "video_url": url}) is not None


@pytest.mark.parametrize("url", ["https://a/b", "http://127.0.0.1:80/b", "http://localhost/b", "http://[::1]/b"])
def test_https_and_this_machine_are_accepted(url):
    assert source_info_problem({"source": "PULL_FROM_URL", "video_url": url}) is None


@pytest.mark.parametrize("info", [None, [], {}, {"source": "S3"}, {"source": "FILE_UPLOAD", "video_size": 1}])
def test_an_incomplete_source_is_refused(info):
    assert source_info_problem(info) is not None


def test_no_field_but_the_privacy_level_is_required():
    assert post_info_problem({}) is None


def test_a_rate_window_slides():
    windows = SlidingWindows()

    def allowed(token: str, now: float) -> bool:
        return windows.allow(token, "r", now=now, limit=2, window=60)

    assert [allowed("a", 0), allowed("a", 30), allowed("a", 59.9)] == [True, True, False]
    assert allowed("b", 59.9)
    assert [allowed("a", 60), allowed("a", 61), allowed("a", 90)] == [True, False, True]


def test_the_agenda_runs_due_actions_in_order_of_time():
    clock = Clock(source=lambda: 100.0)
    agenda, done = Agenda(clock), []
    for when in (110, 105, 103, 200):
        agenda.at(when, lambda when=when: done.append(when))
    agenda.run_due()
    before = list(done)

    clock.advanced += 10
    agenda.run_due()

    assert before == []
    assert done == [103, 105, 110]
