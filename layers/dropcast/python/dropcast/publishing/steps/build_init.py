"""Builds TikTok's init for a publish from its kind, mode and source (protocol sections 3 and 5).

A URL from which TikTok pulls may contain a signature. Dropcast never stores such a URL unencrypted.
"""

from collections.abc import Callable

from pydantic import SecretStr

from dropcast.accounts.tiktok_app import tiktok
from dropcast.publishing.model.chunk_plan import plan_chunks
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.post_rules import post_texts
from dropcast.publishing.model.publish import Photos, Publish, PulledUrl, Source
from dropcast.publishing.photos.signed_urls import media_url
from dropcast.publishing.sources.sealed_urls import source_url
from dropcast.settings import settings
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import FileSource, PhotoDraft, PhotoPost, PhotoSource, PostInit, PullSource, VideoPost
from dropcast.tiktok.posting import init_direct_video, init_inbox_video, init_photos

Init = Callable[[SecretStr], PostInit | Refused | Unanswered]


def build_init(publish: Publish) -> Init:
    """A function that sends the init with an access token.

    Everything that can fail before the call to TikTok fails here.
    """
    if isinstance(publish.source, Photos):
        return _photos(publish, publish.source)
    source = _video_source(publish)
    if publish.mode == "draft":
        return lambda token: init_inbox_video(tiktok(), token, source)
    post = video_post(publish.asked_options)
    return lambda token: init_direct_video(tiktok(), token, post, source)


def _photos(publish: Publish, photos: Photos) -> Init:
    options = publish.asked_options
    post = photo_draft(options) if publish.mode == "draft" else photo_post(options)
    urls = tuple(media_url(photo).get_secret_value() for photo in photos.items)
    source = PhotoSource(urls, options.cover_index)
    return lambda token: init_photos(tiktok(), token, post, source, is_aigc=options.is_aigc)


def _video_source(publish: Publish) -> FileSource | PullSource:
    match publish.source:
        case PulledUrl():
            return PullSource(source_url(publish).get_secret_value())
        case Source() as video if publish.via == "pull":
            return PullSource(media_url(video).get_secret_value())
        case _:
            plan = plan_chunks(publish.bytes_total, settings().upload_chunk_bytes)
            return FileSource(video_size=plan.size, chunk_size=plan.chunk_size, total_chunk_count=plan.count)


def video_post(options: PublishOptions) -> VideoPost:
    """TikTok's fields for a direct post of a video."""
    return VideoPost(
        privacy_level=options.privacy_level or "",
        title=post_texts("video", options).title,
        disable_comment=not options.allow_comment,
        disable_duet=not options.allow_duet,
        disable_stitch=not options.allow_stitch,
        brand_content_toggle=options.brand_content,
        brand_organic_toggle=options.brand_organic,
        is_aigc=options.is_aigc,
        video_cover_timestamp_ms=options.cover_timestamp_ms,
    )


def photo_post(options: PublishOptions) -> PhotoPost:
    """TikTok's fields for a direct post of photos."""
    texts = post_texts("photo", options)
    return PhotoPost(
        privacy_level=options.privacy_level or "",
        title=texts.title,
        description=texts.description,
        disable_comment=not options.allow_comment,
        auto_add_music=options.auto_add_music,
        brand_content_toggle=options.brand_content,
        brand_organic_toggle=options.brand_organic,
    )


def photo_draft(options: PublishOptions) -> PhotoDraft:
    """TikTok's fields for a draft of photos."""
    texts = post_texts("photo", options)
    return PhotoDraft(texts.title, texts.description)
