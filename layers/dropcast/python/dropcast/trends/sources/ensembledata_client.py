"""The client of EnsembleData, which sells data from TikTok (protocol section 13.3).

The address of a call contains the token.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, SecretStr

from dropcast.tiktok.client import Unanswered, json_object, send
from dropcast.tiktok.http.lenient_fields import Caption, Count, Id, OrNone, Words, listed
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape, read_shape
from dropcast.tiktok.http.wire_model import Wire

if TYPE_CHECKING:
    import httpx

# The periods of a search in days.
PERIODS = (1, 7, 30)

_SEARCH = "/tt/keyword/search"
_BY_RELEVANCE = "0"


@dataclass(frozen=True)
class Refusal:
    """An error status. The statuses 491 to 495 concern the token and its units. `is_page`: the answer is not JSON."""

    http_status: int
    is_page: bool


class Statistics(Wire):
    """The counts of a post."""

    views: Count = Field(None, alias="play_count")
    likes: Count = Field(None, alias="digg_count")
    comments: Count = Field(None, alias="comment_count")


class Poster(Wire):
    """The author of a post."""

    unique_id: Words = ""


class Post(Wire):
    """A video that a search found."""

    aweme_id: Id
    desc: Caption = ""
    statistics: Annotated[Statistics | None, OrNone] = None
    author: Annotated[Poster | None, OrNone] = None

    @property
    def views(self) -> int:
        """The number of views; 0 if unknown."""
        return (self.statistics.views or 0) if self.statistics else 0


class Hit(Wire):
    """A search result, which wraps a post."""

    aweme_info: Post


class Hits(Wire):
    """About 20 posts, best first, as a search returns them."""

    rows: Annotated[tuple[Hit, ...], BeforeValidator(listed(200))] = Field(alias="data")


class _Searched(Wire):
    data: Hits


def search(
    http: "httpx.Client", base_url: str, token: SecretStr, *, keyword: str, period_days: int, country: str
) -> tuple[Post, ...] | Refusal | Unanswered | UnexpectedShape:
    """The posts of the last 1, 7 or 30 days that a search for `keyword` finds in `country`. Costs one unit."""
    params = {
        "name": keyword,
        "cursor": "0",
        "period": str(period_days),
        "sorting": _BY_RELEVANCE,
        "country": country.lower(),
        "match_exactly": "false",
        "get_author_stats": "false",
        "token": token.get_secret_value(),
    }
    response = send(http, "GET", base_url.rstrip("/") + _SEARCH, params=params)
    if isinstance(response, Unanswered):
        return response
    status, body = response.status_code, json_object(response)
    if status >= 500:
        return Unanswered("server_error", False, status, None)
    if body is None or not response.is_success:
        return Refusal(status, is_page=body is None)
    said = read_shape(_Searched, body, status, None)
    return said if isinstance(said, UnexpectedShape) else tuple(hit.aweme_info for hit in said.data.rows)
