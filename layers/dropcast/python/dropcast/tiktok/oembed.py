"""What TikTok tells everybody of a public video: its caption and author (protocol section 13.0).

The address is https://www.tiktok.com/oembed; it takes no token and gives no counts.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import Field

from dropcast.tiktok.changed import Changed, fit
from dropcast.tiktok.client import Refused, Unanswered, json_object, send
from dropcast.tiktok.models import Wire

if TYPE_CHECKING:
    import httpx


class Caption(Wire):
    """A video's caption (TikTok calls it title) and who posted it."""

    title: str
    author_name: str = ""
    author_url: str = ""
    author_unique_id: str = ""
    thumbnail_url: str | None = Field(default=None)

    @property
    def author(self) -> str:
        """The author's handle without "@", "" where it is not told."""
        last = urlsplit(self.author_url).path.rstrip("/").rpartition("/")[2]
        return self.author_unique_id or (last[1:] if last.startswith("@") else "")


def caption_of(http: "httpx.Client", oembed_url: str, share_url: str) -> Caption | Refused | Unanswered | Changed:
    """The caption of the public video at `share_url`; refused where it is private or gone."""
    response = send(http, "GET", oembed_url, params={"url": share_url})
    if isinstance(response, Unanswered):
        return response
    status = response.status_code
    if status >= 500:
        return Unanswered("server_error", False, status, None)
    if not response.is_success:
        return Refused(str(status), "", None, status)
    said = json_object(response)
    return Unanswered("unreadable", False, status, None) if said is None else fit(Caption, said, status, None)
