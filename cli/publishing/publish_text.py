"""Describes a publish in words for people."""

from cli.output import time_text
from dropcast_client import PublishView


def source_text(publish: PublishView) -> str:
    """The source in a few words: a key, a host, or the first picture's key and the number of further pictures."""
    if publish.source.type == "photos":
        first, *others = publish.pictures
        return f"{first.key} and {len(others)} more" if others else first.key
    return publish.source.key or publish.source.host or "-"


def sent_text(publish: PublishView) -> str:
    """How much of a video was sent. A dash if this is not known."""
    return f"{publish.bytes_sent * 100 // publish.bytes_total} %" if publish.bytes_total else "-"


def fields_of(publish: PublishView) -> list[tuple[str, str]]:
    """The names and values of the fields that matter to a person. Empty fields are left out."""
    fields = [
        ("Publish", publish.publish_id),
        ("State", publish.state),
        ("What", f"{publish.mode} {publish.kind} by {publish.via}"),
        ("Account", publish.account_id),
        ("User", publish.user_id or ""),
        ("Source", source_text(publish)),
        *_option_fields(publish),
        ("Video", _video_text(publish)),
        ("Sent", sent_text(publish) if publish.bytes_total else ""),
        ("Created", time_text(publish.created_at)),
        ("Due", time_text(publish.publish_at) if publish.publish_at else ""),
        ("Held until", time_text(publish.not_before) if publish.not_before else ""),
        ("Reference", publish.reference or ""),
        *((f"metadata {name}", value) for name, value in publish.metadata.items()),
        ("Retry of", publish.retry_of or ""),
        ("Retried as", publish.retried_as or ""),
        *(("Post", url) for url in publish.post_urls),
        *_error_fields(publish),
    ]
    return [(name, value) for name, value in fields if value]


def _option_fields(publish: PublishView) -> list[tuple[str, str]]:
    options = publish.options
    if options is None:
        return []
    return [
        ("Privacy", options.privacy_level or ""),
        ("Title", options.title),
        ("Description", options.description),
        ("Hashtags", " ".join(options.hashtags)),
    ]


def _video_text(publish: PublishView) -> str:
    video = publish.video
    if video is None:
        return ""
    return f"{video.width}x{video.height}, {video.duration_ms / 1000:.1f} s, {video.codec} in {video.container}"


def _error_fields(publish: PublishView) -> list[tuple[str, str]]:
    error = publish.error
    if error is None:
        return []
    return [("Error", f"{error.code}: {error.message}"), ("Fix", error.fix), ("More", error.doc_url)]
