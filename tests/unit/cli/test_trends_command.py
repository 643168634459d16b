"""`dropcast trends` against a fake API."""

import httpx
import pytest
from typer.testing import CliRunner

from cli import trends_command
from cli.main import cli
from tests.unit.support.api_examples import client, example

MOVE = {"rank": 1, "direction": "up", "rank_change": 3}
STILL = {"rank": 2, "direction": "stable", "rank_change": 0}
UNKNOWN = {"rank": 1, "direction": None, "rank_change": None}
TOLD = {"source": "discovery", "captured_at": "2027-01-15T08:00:00Z", "stale": True}
ATTEMPTS = [{"source": "discovery", "reason": "rate", "raw_status": "HTTP 429"}]
LISTS = {
    "hashtags": [
        example("Hashtag", **MOVE, name="pottery", views=1000),
        example("Hashtag", **STILL, name="bread", views=None),
    ],
    "videos": [
        example("Video", **UNKNOWN, url="https://tiktok.example/1", description="two\nlines " * 20, views=7),
    ],
    "music": [example("Track", **UNKNOWN, track_id="77", title="Soft Voyage", artist=None)],
    "keywords": [example("Keyword", **UNKNOWN, keyword="sourdough")],
}
GOOD = {"source": "discovery", "state": "good", "good_at": "2027-01-15T08:00:00Z", "failed_at": None}
SOURCE = example("SourceView", **GOOD, raw_status=None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, dict[str, str]]]:
    """The requests to the API."""
    calls: list[tuple[str, str, dict[str, str]]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        kind = request.url.path.rpartition("/")[2]
        calls.append((request.method, kind, dict(request.url.params)))
        said = example("TrendingHashtagsView", **TOLD, attempts=ATTEMPTS, items=LISTS.get(kind, [SOURCE]))
        return httpx.Response(200, json=said | {"run_id": "run_1", "queued": 4})

    monkeypatch.setattr(trends_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[str, str]:
    result = CliRunner().invoke(cli, ["trends", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, result.stderr


def test_hashtags_are_a_table_and_their_origin_goes_to_stderr(asked):
    out, err = run("hashtags", "--country", "DE", "--period", "30", "--category", "FOOD", "--limit", "2")

    assert out.splitlines() == [
        "RANK  MOVE    VIEWS  HASHTAG",
        "1     up +3   1000   pottery",
        "2     stable  -      bread",
    ]
    assert err.splitlines() == [
        "discovery, 2027-01-15T08:00:00Z, stale",
        "discovery failed: rate (HTTP 429)",
    ]
    assert asked == [("GET", "hashtags", {"country": "DE", "period": "30", "category": "FOOD", "limit": "2"})]


def test_omitted_options_are_not_sent(asked):
    run("hashtags")

    assert asked == [("GET", "hashtags", {"limit": "50"})]


def test_each_video_has_one_line_whatever_its_caption(asked):
    out, _ = run("videos", "--keyword", "bread")

    [_, line] = out.splitlines()
    assert line.startswith("1     -     7      https://tiktok.example/1  two lines two lines")
    assert line.endswith("…")
    assert asked == [("GET", "videos", {"keyword": "bread", "limit": "50"})]


def test_music_and_keywords(asked):
    assert run("music")[0].splitlines()[1] == "1     -     77        Soft Voyage  -"
    assert run("keywords")[0].splitlines()[1] == "1     -     sourdough"


def test_sources(asked):
    assert run("sources")[0].splitlines()[1].split() == ["discovery", "good", "2027-01-15T08:00:00Z", "-", "-"]


def test_starting_a_run_prints_its_id(asked):
    out, err = run("collect")

    assert (out, err) == ("run_1\n", "4 lists are queued.\n")
    assert asked == [("POST", "collect", {})]
