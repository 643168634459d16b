"""What could tell whether TikTok posted something whose init it never answered: its webhooks and its list of videos.

Neither is proof: the person may have posted the same by hand, or another system with this app. A person decides.
"""

from typing import Any

from dropcast import clock
from dropcast.accounts.looking import videos_page
from dropcast.errors import Problem
from dropcast.publishing import unmatched_store
from dropcast.publishing.kind_rules import texts
from dropcast.publishing.models import Publish
from dropcast.publishing.transitions import State
from dropcast.tiktok.display import VIDEOS_MAX
from dropcast.tiktok.models import Video

_CLOCKS_APART_SECONDS = 60
# TikTok cuts captions at 150 and may trim them.
_COMPARED_CHARACTERS = 100


def with_evidence(publish: Publish) -> Problem | None:
    """The error of an unknown publish with what was `checked` in its details; None if it has no error."""
    if publish.error is None:
        return None
    since = _asked_at(publish) - _CLOCKS_APART_SECONDS
    checked = {
        "at": clock.iso(clock.now()),
        "since": clock.iso(since),
        "webhooks": unmatched_store.since(publish.open_id, since) if publish.open_id else [],
        "videos": _videos(publish, since),
    }
    return publish.error.model_copy(update={"details": {**publish.error.details, "checked": checked}})


def _asked_at(publish: Publish) -> int:
    """When TikTok was asked to post it (seconds since the epoch)."""
    claims = [moment.at for moment in publish.history if moment.state is State.STARTING]
    return claims[-1] if claims else publish.created_at


def _videos(publish: Publish, since: int) -> dict[str, Any]:
    """The account's newest public videos since then; or the code of why they could not be read."""
    page = videos_page(publish.account_id, cursor=None, limit=VIDEOS_MAX)
    if isinstance(page, Problem):
        return {"not_read": page.code}
    caption = _caption(publish)
    found = [video for video in page.videos if (video.create_time or 0) >= since]
    return {"found": [_seen(video, caption) for video in found]}


def _seen(video: Video, caption: str) -> dict[str, Any]:
    described = video.video_description or video.title or ""
    return {
        "video_id": video.id,
        "created_at": clock.iso(video.create_time or 0),
        "share_url": video.share_url,
        "same_caption": _compared(described) == _compared(caption),
    }


def _caption(publish: Publish) -> str:
    if publish.options is None:
        return ""
    said = texts(publish.kind, publish.options)
    return said.title if publish.kind == "video" else said.description or said.title


def _compared(text: str) -> str:
    return " ".join(text.split())[:_COMPARED_CHARACTERS]
