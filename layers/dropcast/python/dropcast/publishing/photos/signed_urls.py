"""Where TikTok pulls media from: signed URLs of CloudFront in front of our bucket (protocol sections 5 and 9)."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from dropcast import clock
from dropcast.aws.cloudfront import signed_url
from dropcast.publishing.model.publish import Photo, Source
from dropcast.settings import settings

TIKTOK_PULL_S = 3600
"""TikTok gives up a pull after an hour from the init that names the URL."""

MEDIA_URL_S = TIKTOK_PULL_S + 3600
"""A URL outlives the longest pull by an hour."""


def media_url(source: Source, *, lives_seconds: int = MEDIA_URL_S) -> SecretStr:
    """A URL of `source` that its holder may fetch, without a redirect, for `lives_seconds`. It is a secret.

    A photo is served as it was prepared, a video at its pinned version under its own content type.
    ValueError for what is not (yet) in our bucket.
    """
    bare = f"{settings().media_url}/{quote(_served_key(source), safe='/~')}"
    query = {} if isinstance(source, Photo) else _response_parameters(source)
    url = f"{bare}?{urlencode(query, quote_via=quote)}" if query else bare
    expires = datetime.fromtimestamp(clock.now() + lives_seconds, UTC)
    return signed_url(url, settings().media_key_id, _sign, expires)


def _served_key(source: Source) -> str:
    if isinstance(source, Photo):
        if source.prepared_key is None:
            raise ValueError("the photo is not prepared")
        return source.prepared_key
    if source.bucket != settings().media_bucket:
        raise ValueError("the video is not in our bucket")
    return source.key


def _response_parameters(source: Source) -> dict[str, str]:
    """The version of the object that S3 gives, and the content type that S3 names."""
    query = {"response-content-type": source.content_type, "versionId": source.version_id}
    return {name: value for name, value in query.items() if value}


def _sign(message: bytes) -> bytes:
    # Not above: few callers of this module sign, and the library is a tenth of a cold start.
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    from dropcast.publishing.photos.signing_key import signing_key

    return signing_key().sign(message, PKCS1v15(), SHA1())  # noqa: S303 # the only hash that CloudFront verifies
