"""The views of a publish: for callers of the API and for receivers of events."""

import re
from typing import Any

from dropcast import clock
from dropcast.publishing.model.publish import AnySource, Photo, Photos, Publish, PulledUrl, Source

_HANDLE = re.compile(r"[A-Za-z0-9._]{1,64}")


def api_view(publish: Publish) -> dict[str, Any]:
    """The publish as the API shows it: the event's view, the options with the caption, and the consent."""
    options, consent = publish.options, publish.consent
    return {
        **event_view(publish),
        "options": None if options is None else options.model_dump(mode="json"),
        "consent": None if consent is None else consent.model_dump(mode="json"),
    }


def event_view(publish: Publish) -> dict[str, Any]:
    """The publish as events show it: without the caption and the consent, and with only the host of a URL."""
    return {
        "publish_id": publish.publish_id,
        "account_id": publish.account_id,
        "user_id": publish.user_id,
        "kind": publish.kind,
        "mode": publish.mode,
        "via": publish.via,
        "state": publish.state.value,
        "created_at": clock.iso(publish.created_at),
        "source": _source(publish.source),
        "video": _video(publish.source),
        "bytes_sent": publish.bytes_sent,
        "bytes_total": publish.bytes_total,
        "pictures": [] if not isinstance(publish.source, Photos) else [_photo(item) for item in publish.source.items],
        "post_ids": publish.post_ids,
        "post_urls": post_urls(publish),
        "not_before": None if publish.not_before is None else clock.iso(publish.not_before),
        "publish_at": None if publish.publish_at is None else clock.iso(publish.publish_at),
        "cancel_requested": publish.cancel_asked_at is not None,
        "reference": publish.reference,
        "metadata": publish.metadata,
        "retry_of": publish.retry_of,
        "retried_as": publish.retried_as,
        "tiktok_publish_id": publish.tiktok_publish_id,
        "error": None if publish.error is None else publish.error.model_dump(mode="json"),
        "history": [
            {"at": clock.iso(line.at), "state": line.state.value, "code": line.code} for line in publish.history
        ],
        "history_left_out": publish.history_left_out,
    }


def post_urls(publish: Publish) -> list[str]:
    """The addresses of the posts, built like TikTok's `share_url`. TikTok's status returns only the ids.

    Empty while the username is not known. Ids that are not numbers are left out.
    """
    username = publish.username or ""
    if not _HANDLE.fullmatch(username):
        return []
    return [
        f"https://www.tiktok.com/@{username}/{publish.kind}/{post_id}"
        for post_id in publish.post_ids
        if post_id.isdecimal()
    ]


def _source(source: AnySource) -> dict[str, Any]:
    """The location of the media. For photos this is only the type, because `pictures` locates each picture."""
    place: dict[str, Any] = {"type": source.type, "bucket": None, "key": None, "host": None}
    match source:
        case Source():
            return place | {"bucket": source.bucket, "key": source.key}
        case PulledUrl():
            return place | {"host": source.host}
        case Photos():
            return place


def _video(source: AnySource) -> dict[str, Any] | None:
    """A video's duration and figures.

    None before the preflight, and for a video at a URL, which Dropcast never inspects.
    """
    if not isinstance(source, Source) or source.figures is None:
        return None
    return {"duration_ms": source.duration_ms, **source.figures.model_dump()}


def _photo(photo: Photo) -> dict[str, Any]:
    return {
        "bucket": photo.bucket,
        "key": photo.key,
        "prepared": photo.prepared_key is not None,
        "content_type": photo.prepared_type,
        "bytes": photo.prepared_size,
        "mended": list(photo.mended),
    }
