"""Encrypts a URL for a publish's row. A caller's URL may contain a signature. TikTok's upload URL always does."""

from typing import Literal

from pydantic import SecretBytes, SecretStr

from dropcast.aws.vault import seal, unseal
from dropcast.publishing.model.publish import Publish

UrlKind = Literal["source_url", "upload_url"]


def seal_url(url: SecretStr, publish_id: str, kind: UrlKind) -> SecretBytes:
    """`url`, encrypted. Only `unseal_url` with the same publish and kind can decrypt it."""
    return SecretBytes(seal(url, _context(publish_id, kind)))


def unseal_url(sealed: SecretBytes, publish_id: str, kind: UrlKind) -> SecretStr:
    """The URL that `seal_url` encrypted."""
    return unseal(sealed.get_secret_value(), _context(publish_id, kind))


def source_url(publish: Publish) -> SecretStr:
    """The URL in the publish's request. ValueError if there is none."""
    if publish.source_url_sealed is None:
        raise ValueError(f"publish {publish.publish_id} has no URL")
    return unseal_url(publish.source_url_sealed, publish.publish_id, "source_url")


def _context(publish_id: str, kind: UrlKind) -> dict[str, str]:
    return {"publish": publish_id, "kind": kind}
