"""Converts the source in a request to the source in the row."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from dropcast.publishing.model.publish import AnySource, Photo, Photos, PulledUrl, Source
from dropcast.publishing.model.request import PhotosSource, RequestSource, S3Object, S3Source, UrlSource

_OBJECT_FIELDS = {"bucket", "key", "version_id", "etag", "size"}


def objects_of(source: RequestSource) -> Sequence[S3Object]:
    """The objects in S3 that `source` names."""
    match source:
        case S3Source():
            return [source]
        case PhotosSource(items=items):
            return items
        case UrlSource():
            return []


def stored_source(source: RequestSource) -> AnySource:
    """The `source` of the row. For a URL it has only the host, because `source_url_sealed` stores the URL."""
    match source:
        case S3Source():
            return Source.model_validate(source.model_dump())
        case PhotosSource(items=items):
            return Photos(items=tuple(Photo.model_validate(item.model_dump()) for item in items))
        case UrlSource():
            return PulledUrl(host=urlsplit(source.url).hostname)


def as_accepted(source: AnySource) -> AnySource:
    """`source` with its objects still pinned, but without the pictures that were prepared for an earlier publish."""
    if not isinstance(source, Photos):
        return source
    return Photos(items=tuple(Photo.model_validate(item.model_dump(include=_OBJECT_FIELDS)) for item in source.items))
