"""Accepts a drop: an object under drop/{account_id}/ becomes a publish, or a failed publish with the reason.

The object stays in its bucket.
"""

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.models import Account
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.accept import new_publish, store_rejected, submit
from dropcast.publishing.intake.drops.drop_keys import DropKind, account_of, drop_kind
from dropcast.publishing.intake.drops.drop_photos import read_photo_drop
from dropcast.publishing.intake.drops.drop_videos import read_video_drop
from dropcast.publishing.intake.drops.duplicates import content_of, read_contents
from dropcast.publishing.intake.drops.parsed_drop import Drop, UnfitDrop
from dropcast.publishing.intake.early_checks import pin_publish
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.sources import s3_object
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.idempotency_store import IdempotencyKey, TakenKey

_QUOTE = '"'


def accept_drop(
    bucket: str,
    key: str,
    version_id: str | None,
    etag: str | None = None,
    size: int | None = None,
    *,
    even_empty: bool = False,
) -> Publish | None:
    """Accept the object that S3's event names. A repeated event returns the same publish, however late it arrives.

    The event has no `version_id` if versioning is suspended or S3 is emulated. Then the version that HEAD returns is
    used, if it has the event's `etag`. None if the object is no drop, or if it is empty and `even_empty` is false.
    Network file systems create an empty object before they write the file. If the object stays empty, the sweep stores
    a failed publish.
    """
    becomes = drop_kind(key)
    if becomes is DropKind.NOTHING:
        return None
    quoted = None if etag is None else f'"{etag.strip(_QUOTE)}"'
    version_id = None if version_id in ("", "null") else version_id
    source = Source(bucket=bucket, key=key, version_id=version_id, etag=quoted, size=size)
    facts = s3_object.head(source, with_checksums=True)
    if isinstance(facts, s3_object.ObjectFacts) and facts.size == 0 and not even_empty:
        return None
    version_key = idempotency_key_of_object(source, facts)
    account = get_account(account_of(key))
    user_id = account and account.user_id
    drop = _read_drop(becomes, source, account, facts)
    if isinstance(drop, UnfitDrop):
        kind = "photo" if becomes is DropKind.PHOTOS else "video"
        failed = new_publish(account_of(key), source, "drop", None, kind=kind, user_id=user_id, **drop.labels)
        return _read_stored(store_rejected(failed, drop.why, version_key))
    pinned = pin_publish(drop.publish)
    if isinstance(pinned, Problem):
        return _read_stored(store_rejected(drop.publish, pinned, version_key))
    return _submit_unless_duplicate(pinned, source, drop, version_key)


def idempotency_key_of_object(source: Source, facts: s3_object.ObjectFacts | Problem) -> IdempotencyKey:
    """An idempotency key that never expires, so that each version of an object becomes at most one publish.

    Without versioning, the object's ETag and time identify the version.
    """
    version = source.version_id
    if version is None and isinstance(facts, s3_object.ObjectFacts) and source.etag in (None, facts.etag):
        version = facts.version_id or f"null#{facts.etag}#{facts.stored_at}"
    elif version is None:  # the object was deleted, or a new object with its own event replaced it
        version = f"null#{source.etag or clock.now()}"
    return IdempotencyKey(f"drop#{source.bucket}#{source.key}#{version}", "version", forever=True)


@retry_on_conflict()
def _submit_unless_duplicate(
    publish: Publish, source: Source, drop: Drop, version_key: IdempotencyKey
) -> Publish | Conflict:
    """Submit the publish, or reject it if the same content was dropped at the same key within a day.

    `allow_duplicate` switches this check off.
    """
    content = content_of(publish, drop)
    contents = read_contents(source.bucket, source.key)
    earlier = None if drop.allow_duplicate else contents.find_earlier(publish, content)
    if earlier is not None:
        why = problem("duplicate_drop", key=source.key, publish_id=earlier.publish_id)
        return _read_stored(store_rejected(publish, why, version_key))
    submitted = submit(publish, version_key, contents.adding(content))
    return _read_stored(submitted) if isinstance(submitted, Publish) or submitted.same else CONFLICT


def _read_stored(outcome: Publish | TakenKey) -> Publish:
    if isinstance(outcome, Publish):
        return outcome
    earlier = publish_store.get(outcome.publish_id)
    if earlier is None:
        raise LookupError(f"no publish {outcome.publish_id}")
    return earlier


def _read_drop(
    becomes: DropKind, source: Source, account: Account | None, facts: s3_object.ObjectFacts | Problem
) -> Drop | UnfitDrop:
    """Pin the object and read the drop of a video or of photos."""
    if becomes is DropKind.INVALID:
        return UnfitDrop(problem("drop_key_invalid", key=source.key))
    if account is None:
        return UnfitDrop(problem("account_not_found", account_id=account_of(source.key)))
    if isinstance(facts, Problem):
        return UnfitDrop(facts)
    if source.etag not in (None, facts.etag):
        return UnfitDrop(problem("source_changed", bucket=source.bucket, key=source.key))
    version_id = facts.version_id or source.version_id
    pinned = source.model_copy(update={"version_id": version_id, "etag": facts.etag, "size": facts.size})
    read = read_photo_drop if becomes is DropKind.PHOTOS else read_video_drop
    return read(pinned, account, facts)
