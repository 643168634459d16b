"""Signs the CloudFront URLs from which TikTok pulls media in our bucket (protocol sections 5 and 9)."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from dropcast import clock
from dropcast.aws.cloudfront import signed_url
from dropcast.publishing.model.publish import Photo, Source
from dropcast.settings import settings

TIKTOK_PULL_S = 3600
"""TikTok ends a pull one hour after the init that names the URL."""

MEDIA_URL_S = TIKTOK_PULL_S + 3600
"""For how many seconds a media URL is valid: one hour more than the longest pull."""


def media_url(source: Source, *, lives_seconds: int = MEDIA_URL_S) -> SecretStr:
    """A URL from which `source` can be fetched for `lives_seconds`, without a redirect. The URL is a secret.

    A photo's URL serves the prepared picture. A video's URL serves the pinned version, with its content type.
    ValueError for an unprepared photo, and for a video in another bucket.
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
    """The query parameters that make S3 return this version of the object with its content type."""
    query = {"response-content-type": source.content_type, "versionId": source.version_id}
    return {name: value for name, value in query.items() if value}


def _sign(message: bytes) -> bytes:
    # Imported here, because few callers of this module sign, and the library takes a tenth of a cold start.
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    from dropcast.publishing.photos.signing_key import signing_key

    return signing_key().sign(message, PKCS1v15(), SHA1())  # noqa: S303 # the only hash that CloudFront verifies
