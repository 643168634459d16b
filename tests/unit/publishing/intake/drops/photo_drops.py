"""Drops photos into the bucket: the pictures first, their sidecar last."""

import json
from typing import Any

from dropcast.accounts.models import Account
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Photos, Publish
from tests.unit.publishing.conftest import BUCKET, stored
from tests.unit.publishing.intake.drops.test_drops import put

SELF = {"privacy_level": "SELF_ONLY"}


def put_pictures(account: Account, *names: str, folder: str = "trip.photos", body: bytes | None = None) -> None:
    """One file for each name, with `body` or with a separate body each."""
    for name in names:
        put(f"drop/{account.account_id}/{folder}/{name}", name.encode() if body is None else body)


def take_photos(
    account: Account, text: Any = SELF, sidecar: str = "trip.photos.json", metadata: dict[str, str] | None = None
) -> Publish:
    """Put the sidecar and accept the drop; return the stored row."""
    key = f"drop/{account.account_id}/{sidecar}"
    raw = text if isinstance(text, bytes) else json.dumps(text, ensure_ascii=False).encode()
    publish = accept_drop(BUCKET, key, put(key, raw, metadata))
    assert publish is not None
    return stored(publish)


def posted(publish: Publish) -> list[str]:
    """The names of the publish's pictures, in order."""
    assert isinstance(publish.source, Photos), publish.error
    return [item.key.rsplit("/", 1)[1] for item in publish.source.items]


def code(publish: Publish) -> str | None:
    """The code of the publish's error, if the publish failed."""
    return publish.error.code if publish.error else None
