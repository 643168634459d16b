"""The cells of the matrix: the source, its fault, the required reason, and the list that callers then get."""

# fmt: off

from dataclasses import dataclass, field
from typing import Any, Literal

Then = Literal["creative_center", "ensembledata", "kept", "itself"]

ANSWER, ERROR = "answer", "error"
PAGE = "<h1>Bad gateway</h1>"


@dataclass(frozen=True)
class Cell:
    """`wrong`: a degradation, or a fault of the sandbox (docs/sandbox.md). `reason`: the required reason in the
    answer.

    raw: a text that the source's own message must contain. then: the source whose list callers get. If it is "kept",
    the last list stays. If it is the source itself, the fault has no effect and the answer gives no reason. at: the
    sandbox's name of the request that fails, if it is not the first one.
    """

    source: str
    kind: str
    wrong: str
    reason: str
    raw: str
    then: Then
    fault: dict[str, Any] = field(default_factory=dict)
    at: str = ""

    @property
    def route(self) -> str:
        """The sandbox's name of the request that fails."""
        return self.at or ROUTES[self.source, self.kind]

    @property
    def quick(self) -> bool:
        """Whether the cell also runs in `make test`, because it needs no wait."""
        return self.fault.get("kind") != "slow_answer"


# The first request of each kind.
ROUTES = {
    ("discovery", "hashtags"): "discovery_hashtags",
    ("discovery", "videos"): "discovery_hashtags",
    ("discovery", "music"): "discovery_music",
    ("discovery", "keywords"): "discovery_search",
    ("creative_center", "hashtags"): "creative_hashtags",
    ("creative_center", "videos"): "creative_videos",
    ("ensembledata", "hashtags"): "ensemble_keyword",
    ("ensembledata", "videos"): "ensemble_keyword",
}


def degraded(source: str, kind: str, way: str, reason: str, raw: str, then: Then, at: str = "") -> Cell:
    return Cell(source, kind, way, reason, raw, then, at=at)


def odd(source: str, kind: str, at: str = "") -> Cell:
    """Texts that end in half an emoji, counts with 400 digits, unknown fields. The source still provides its list."""
    return Cell(source, kind, "odd", "", "", "itself", at=at)


def faulty(source: str, kind: str, wrong: str, reason: str, raw: str, then: Then, /, **fault: Any) -> Cell:
    return Cell(source, kind, wrong, reason, raw, then, fault)


DISCOVERY, CREATIVE, ENSEMBLE = "discovery", "creative_center", "ensembledata"

CELLS = [
    degraded(DISCOVERY, "hashtags", "deprecated", "deprecated", "deprecated", CREATIVE),
    degraded(DISCOVERY, "hashtags", "empty", "empty", "no items", CREATIVE),
    degraded(DISCOVERY, "hashtags", "renamed", "changed", "hashtag_id", CREATIVE),
    degraded(DISCOVERY, "hashtags", "moved", "changed", "list", CREATIVE),
    degraded(DISCOVERY, "hashtags", "captcha", "unanswered", "HTTP 200", CREATIVE),
    degraded(DISCOVERY, "hashtags", "region", "unanswered", "HTTP 403", CREATIVE),
    degraded(DISCOVERY, "hashtags", "login_page", "unanswered", "HTTP 302", CREATIVE),
    faulty(DISCOVERY, "hashtags", "no permission", "refused", "40001", CREATIVE, kind=ERROR, code="40001"),
    faulty(DISCOVERY, "hashtags", "token refused", "refused", "40105", CREATIVE, kind=ERROR, code="40105"),
    faulty(DISCOVERY, "hashtags", "rate limit", "rate", "40100", CREATIVE, kind=ERROR, code="40100"),
    faulty(DISCOVERY, "hashtags", "internal error", "unanswered", "server_error", CREATIVE, kind=ERROR, code="50000"),
    faulty(DISCOVERY, "hashtags", "502 with HTML", "unanswered", "502", CREATIVE, kind=ANSWER, status=502, body=PAGE),
    faulty(DISCOVERY, "hashtags", "reset", "unanswered", "", CREATIVE, kind="reset_before"),
    faulty(DISCOVERY, "hashtags", "no answer in time", "unanswered", "", CREATIVE, kind="slow_answer", seconds=25),
    degraded(DISCOVERY, "videos", "empty", "empty", "no items", ENSEMBLE, at="discovery_videos"),
    degraded(DISCOVERY, "videos", "renamed", "changed", "hashtag_id", ENSEMBLE, at="discovery_videos"),
    degraded(DISCOVERY, "videos", "captcha", "unanswered", "HTTP 200", ENSEMBLE, at="discovery_videos"),
    degraded(DISCOVERY, "music", "deprecated", "deprecated", "deprecated", "kept"),
    degraded(DISCOVERY, "music", "empty", "empty", "no items", "kept"),
    degraded(DISCOVERY, "music", "renamed", "changed", "commercial_music", "kept"),
    faulty(DISCOVERY, "music", "no permission", "refused", "40001", "kept", kind=ERROR, code="40001"),
    degraded(DISCOVERY, "keywords", "empty", "empty", "no items", "kept"),
    degraded(DISCOVERY, "keywords", "renamed", "changed", "search_keywords", "kept"),
    degraded(DISCOVERY, "keywords", "moved", "changed", "search_keywords", "kept"),
    degraded(CREATIVE, "hashtags", "deprecated", "deprecated", "deprecated", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "empty", "empty", "", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "renamed", "changed", "hashtagID", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "moved", "changed", "items", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "login", "login", "38001001", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "login_page", "login", "302", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "region", "region", "403", ENSEMBLE),
    degraded(CREATIVE, "hashtags", "captcha", "captcha", "200", ENSEMBLE),
    faulty(CREATIVE, "hashtags", "another status", "refused", "38000001", ENSEMBLE, kind=ERROR, code="38000001"),
    faulty(CREATIVE, "hashtags", "429", "rate", "429", ENSEMBLE, kind=ANSWER, status=429, body=""),
    faulty(CREATIVE, "hashtags", "502 with HTML", "unanswered", "502", ENSEMBLE, kind=ANSWER, status=502, body=PAGE),
    faulty(CREATIVE, "hashtags", "reset", "unanswered", "", ENSEMBLE, kind="reset_before"),
    degraded(CREATIVE, "videos", "login", "login", "38001001", ENSEMBLE),
    degraded(CREATIVE, "videos", "renamed", "changed", "itemInfo", ENSEMBLE),
    degraded(CREATIVE, "videos", "empty", "empty", "", ENSEMBLE),
    degraded(CREATIVE, "videos", "captcha", "captcha", "200", ENSEMBLE, at="creative_periods"),
    degraded(ENSEMBLE, "videos", "empty", "empty", "", "kept"),
    degraded(ENSEMBLE, "videos", "renamed", "changed", "aweme", "kept"),
    degraded(ENSEMBLE, "videos", "moved", "changed", "data", "kept"),
    degraded(ENSEMBLE, "videos", "captcha", "captcha", "200", "kept"),
    *(odd(DISCOVERY, kind) for kind in ("hashtags", "music", "keywords")),
    *(odd(DISCOVERY, "videos", at) for at in ("discovery_hashtags", "discovery_videos", "oembed")),
    odd(CREATIVE, "hashtags"),
    odd(CREATIVE, "videos"),
    odd(ENSEMBLE, "hashtags"),
    odd(ENSEMBLE, "videos"),
    *(faulty(ENSEMBLE, "videos", words, reason, code, "kept", kind=ERROR, code=code) for code, words, reason in (
        ("422", "422 parameters", "refused"),
        ("429", "429 rate limit", "rate"),
        ("466", "466 country", "region"),
        ("469", "469 topic", "refused"),
        ("491", "491 token", "refused"),
        ("492", "492 e-mail", "refused"),
        ("493", "493 subscription", "refused"),
        ("495", "495 units used up", "budget"),
        ("500", "500", "unanswered"),
        ("520", "520", "unanswered"),
    )),
]
