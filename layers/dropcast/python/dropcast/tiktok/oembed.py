"""TikTok's public oEmbed: the caption and author of a public video (protocol section 13.0).

The address is https://www.tiktok.com/oembed. It needs no token and returns no counts.
"""

import re
from typing import TYPE_CHECKING

from dropcast.tiktok.client import Refused, Unanswered, json_object, send
from dropcast.tiktok.http.lenient_fields import Caption as CaptionText
from dropcast.tiktok.http.lenient_fields import Url, UrlOrNone, Words
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape, read_shape
from dropcast.tiktok.http.wire_model import Wire

if TYPE_CHECKING:
    import httpx

_HANDLE = re.compile(r"/@([^/?#]+)/?(?:[?#]|$)")


class Caption(Wire):
    """A video's caption (TikTok calls it title) and its author."""

    title: CaptionText
    author_name: Words = ""
    author_url: Url = ""
    author_unique_id: Words = ""
    thumbnail_url: UrlOrNone = None

    @property
    def author(self) -> str:
        """The author's handle without "@"; "" if unknown."""
        found = _HANDLE.search(self.author_url)
        return self.author_unique_id or (found[1] if found else "")


def caption_of(
    http: "httpx.Client", oembed_url: str, share_url: str
) -> Caption | Refused | Unanswered | UnexpectedShape:
    """The caption of the public video at `share_url`; Refused if the video is private or deleted."""
    response = send(http, "GET", oembed_url, params={"url": share_url})
    if isinstance(response, Unanswered):
        return response
    status = response.status_code
    if status >= 500:
        return Unanswered("server_error", False, status, None)
    if not response.is_success:
        return Refused(str(status), "", None, status)
    said = json_object(response)
    return Unanswered("unreadable", False, status, None) if said is None else read_shape(Caption, said, status, None)
