"""Evidence for a publish whose init got no answer: unmatched webhooks, and the account's videos since the init.

Neither kind of evidence is a proof, because the creator, or another system that uses this app, may have posted the same
media. A person decides. Each check adds to the findings of earlier checks.
"""

from typing import Any

from dropcast import clock
from dropcast.accounts.creator import get_videos_page
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.model.post_rules import post_texts
from dropcast.publishing.model.publish import Publish, reached_at
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome import fact_store, unmatched_webhooks
from dropcast.publishing.outcome.recent_videos import VideoList, fetch_videos_since
from dropcast.tiktok.display_api import VIDEOS_MAX
from dropcast.tiktok.models import Video

_CLOCKS_APART_S = 60
# TikTok cuts captions at 150 characters, and it may remove white space at their ends.
_COMPARED_CHARACTERS = 100
# The row and its event have size limits.
_KEPT_MAX = 50

Findings = list[dict[str, Any]]


def collect_evidence(publish: Publish) -> Problem | None:
    """Collect the evidence for an unknown publish. Return its error with the findings in the error's detail `checked`.

    None if the publish has no error.
    """
    if publish.error is None:
        return None
    earlier = publish.error.details.get("checked", {})
    since = (reached_at(publish.history, State.STARTING) or publish.created_at) - _CLOCKS_APART_S
    checked = {
        "at": clock.iso(clock.now()),
        "since": clock.iso(since),
        "webhooks": _collect_webhooks(publish, since, earlier.get("webhooks", [])),
        "videos": _collect_videos(publish, since, earlier.get("videos", {}).get("found", [])),
    }
    return publish.error.model_copy(update={"details": {**publish.error.details, "checked": checked}})


def _collect_webhooks(publish: Publish, since: int, earlier: Findings) -> Findings:
    """The account's webhooks that belong to no known publish, oldest first."""
    now = unmatched_webhooks.webhooks_since(publish.open_id, since) if publish.open_id else []
    before = [one for one in earlier if one not in now and fact_store.publish_id_of(one["tiktok_publish_id"]) is None]
    return sorted([*before, *now], key=lambda one: one["at"])[:_KEPT_MAX]


def _collect_videos(publish: Publish, since: int, earlier: Findings) -> dict[str, Any]:
    """The account's public videos made at `since` or later, oldest first, and whether some could not be read.

    If there are too many, videos with the same caption are kept first, then the oldest.
    """
    listed = fetch_videos_since(
        since, lambda cursor: get_videos_page(publish.account_id, SYSTEM, cursor=cursor, limit=VIDEOS_MAX)
    )
    caption = _caption(publish)
    found = {one["video_id"]: one for one in earlier} | {one.id: _video_finding(one, caption) for one in listed.videos}
    alike_first = sorted(found.values(), key=lambda one: (not one["same_caption"], one["created_at"]))
    kept = sorted(alike_first[:_KEPT_MAX], key=lambda one: one["created_at"])
    return ({"found": kept} if kept or listed.not_read is None else {}) | _gaps(listed)


def _gaps(listed: VideoList) -> dict[str, Any]:
    """`not_read`: the code of the error that stopped the reading.

    `more`: some of the older videos may not have been read.
    """
    return ({"not_read": listed.not_read} if listed.not_read else {}) | ({"more": True} if listed.more else {})


def _video_finding(video: Video, caption: str) -> dict[str, Any]:
    described = video.video_description or video.title or ""
    return {
        "video_id": video.id,
        "created_at": clock.iso(video.create_time or 0),
        "share_url": video.share_url,
        "same_caption": _comparable(described) == _comparable(caption),
    }


def _caption(publish: Publish) -> str:
    if publish.options is None:
        return ""
    texts = post_texts(publish.kind, publish.options)
    return texts.title if publish.kind == "video" else texts.description or texts.title


def _comparable(text: str) -> str:
    return " ".join(text.split())[:_COMPARED_CHARACTERS]
