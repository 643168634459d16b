"""The request of a publish as pairs of a name and a text. They contain no secret: for a URL they have only the host."""

from collections.abc import Iterator

from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Photos, Publish, PulledUrl, Source
from dropcast.publishing.posting_page.shown_choices import PRIVACY_WORDS

from .publish_words import what_it_is
from .templates import shown_bytes

Facts = list[tuple[str, str]]

_ALLOWED = {"allow_comment": "comments", "allow_duet": "duets", "allow_stitch": "stitches"}
_BRANDS = {"brand_organic": "your brand", "brand_content": "branded content (paid partnership)"}


def asked_facts(publish: Publish) -> Facts:
    """The media, the way to TikTok, the options, and the caller's own labels."""
    options = publish.options
    return [
        ("What", what_it_is(publish)),
        *_media(publish),
        ("Way to TikTok", "Dropcast sends the bytes" if publish.via == "upload" else "TikTok fetches the media"),
        *([] if options is None else [pair for pair in _options(publish, options) if pair[1]]),
        *([("Reference", publish.reference)] if publish.reference else []),
        *publish.metadata.items(),
        ("Came from", "a request" if publish.origin == "api" else "a dropped file"),
        *([("User", publish.user_id)] if publish.user_id else []),
    ]


def _media(publish: Publish) -> Iterator[tuple[str, str]]:
    match publish.source:
        case Photos(items=items):
            for number, photo in enumerate(items, 1):
                changes = f" (changed: {', '.join(photo.mended)})" if photo.mended else ""
                yield f"Photo {number}", f"{photo.bucket}/{photo.key}{changes}"
        case PulledUrl(host=host):
            yield "Video", f"at {host or 'a URL'}"
        case Source() as video:
            yield "Video", f"{video.bucket}/{video.key}"
            if size := _size(video):
                yield "Size", size


def _size(video: Source) -> str:
    figures = video.figures
    parts = [
        "" if video.size is None else shown_bytes(video.size),
        "" if video.duration_ms is None else f"{video.duration_ms / 1000:.1f} s",
        "" if figures is None else f"{figures.width} × {figures.height}, {figures.codec} in {figures.container}",
    ]
    return ", ".join(filter(None, parts))


def _options(publish: Publish, options: PublishOptions) -> Iterator[tuple[str, str]]:
    yield "Text" if publish.kind == "video" else "Title", options.title
    yield "Description", options.description
    yield "Hashtags", " ".join(f"#{tag}" for tag in options.hashtags)
    yield "If a text is too long", "Dropcast cuts it" if options.on_too_long == "clamp" else ""
    if publish.mode == "direct":
        yield "Who can see it", PRIVACY_WORDS.get(options.privacy_level or "", "")
        yield "Others may use", _chosen(options, _ALLOWED) or "nothing"
        yield "Disclosed", _chosen(options, _BRANDS)
    yield "Made by AI", "yes" if options.is_aigc else ""
    yield "Music", "TikTok adds it" if options.auto_add_music else ""
    yield "Cover", _cover(publish, options)


def _chosen(options: PublishOptions, words: dict[str, str]) -> str:
    return ", ".join(word for name, word in words.items() if getattr(options, name))


def _cover(publish: Publish, options: PublishOptions) -> str:
    if publish.kind == "photo":
        return f"photo {options.cover_index + 1}"
    return "" if options.cover_timestamp_ms is None else f"at {options.cover_timestamp_ms / 1000:.1f} s"
