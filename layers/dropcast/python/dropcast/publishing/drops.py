"""A drop: an object under drop/{account_id}/ becomes a publish, or a failed publish that says why. The object stays."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.models import Account
from dropcast.errors import Problem, problem
from dropcast.publishing import publish_store, sidecar, source_store
from dropcast.publishing.drop_contents import content_of, read_contents
from dropcast.publishing.drop_options import DropOptions, merged
from dropcast.publishing.early import looked_at
from dropcast.publishing.intake import new_publish, reject, submit
from dropcast.publishing.models import Publish, Source
from dropcast.publishing.once_store import OnceKey, Taken
from dropcast.publishing.request import option_errors
from dropcast.publishing.source_store import ObjectFacts
from dropcast.publishing.timing import time_refusal

_KEY = re.compile(r"drop/(?P<account_id>[^/]+)/.+")
_VIDEO_ENDINGS = (".mp4", ".mov", ".webm")
_NO_ACCOUNT = "none"
_REASON_MAX = 1000
_RACES_MAX = 5
_QUOTE = '"'
_OF_TOOLS = {"mtime", "btime", "md5chksum", "s3cmd-attrs"}


@dataclass(frozen=True)
class Drop:
    """What a drop asks for, and its object, pinned, with what S3 says of it."""

    asked: DropOptions
    source: Source
    facts: ObjectFacts


def is_drop(key: str) -> bool:
    """Whether an object of this key is to become a publish: a sidecar and the mark of a folder are not."""
    return not key.lower().endswith((sidecar.ENDING, "/"))


def take_drop(
    bucket: str,
    key: str,
    version_id: str | None,
    etag: str | None = None,
    size: int | None = None,
    *,
    even_empty: bool = False,
) -> Publish | None:
    """Accept the object that S3's event names; an event that comes twice gives the same publish, however late.

    Without `version_id` (versioning is suspended, or S3 is emulated) the version that HEAD answers is taken, if it has
    the event's `etag`. None for what is no drop, and for an empty object unless `even_empty`: network file systems
    create one before they write it. The sweep fails it if it stays empty.
    """
    if not is_drop(key):
        return None
    quoted = None if etag is None else f'"{etag.strip(_QUOTE)}"'
    version_id = None if version_id in ("", "null") else version_id
    source = Source(bucket=bucket, key=key, version_id=version_id, etag=quoted, size=size)
    found = _KEY.fullmatch(key)
    account_id = found["account_id"] if found else _NO_ACCOUNT
    facts = source_store.head(source, with_checksums=True)
    if isinstance(facts, ObjectFacts) and facts.size == 0 and not even_empty:
        return None
    once = once_of(source, facts)
    account = get_account(account_id) if found else None
    user_id = account and account.user_id
    is_video = found is not None and key.lower().endswith(_VIDEO_ENDINGS)
    drop = _read(source, account_id, account, facts) if is_video else problem("drop_key_invalid", key=key)
    if isinstance(drop, Problem):
        return _stored(reject(new_publish(account_id, source, "drop", None, user_id=user_id), drop, once))
    asked = drop.asked
    publish = new_publish(
        account_id,
        drop.source,
        "drop",
        asked.options(),
        user_id=user_id,
        mode=asked.mode,
        via=asked.way(),
        consent=asked.consent,
        publish_at=asked.publish_at_s,
    )
    seen = looked_at(publish)
    if isinstance(seen, Problem):
        return _stored(reject(publish, seen, once))
    return _submit(seen, drop, once)


def once_of(source: Source, facts: ObjectFacts | Problem) -> OnceKey:
    """An object's version becomes a publish once, for ever. Without versions an ETag and a time stand for one."""
    version = source.version_id
    if version is None and isinstance(facts, ObjectFacts) and source.etag in (None, facts.etag):
        version = facts.version_id or f"null#{facts.etag}#{facts.stored_at}"
    elif version is None:  # it is gone, or replaced by one that has an event of its own
        version = f"null#{source.etag or clock.now()}"
    return OnceKey(f"drop#{source.bucket}#{source.key}#{version}", "version", forever=True)


def _submit(publish: Publish, drop: Drop, once: OnceKey) -> Publish:
    """Submit, unless the same file came to the same key within a day. `allow_duplicate` says that this is meant."""
    source, content = publish.video, content_of(publish, drop.facts)
    for _ in range(_RACES_MAX):
        there = read_contents(source.bucket, source.key)
        earlier = None if drop.asked.allow_duplicate else there.earlier(content)
        if earlier is not None:
            why = problem("duplicate_drop", key=source.key, publish_id=earlier.publish_id)
            return _stored(reject(publish, why, once))
        taken = submit(publish, once, there.adding(content))
        if isinstance(taken, Publish) or taken.same:
            return _stored(taken)
    raise RuntimeError(f"{source.key} kept changing")


def _stored(outcome: Publish | Taken) -> Publish:
    if isinstance(outcome, Publish):
        return outcome
    earlier = publish_store.get(outcome.publish_id)
    if earlier is None:
        raise LookupError(f"no publish {outcome.publish_id}")
    return earlier


def _read(source: Source, account_id: str, account: Account | None, found: ObjectFacts | Problem) -> Drop | Problem:
    """What the object asks for: the sidecar wins over the metadata, and that over the account's defaults."""
    if account is None:
        return problem("account_not_found", account_id=account_id)
    if isinstance(found, Problem):
        return found
    if found.size == 0:
        return problem("source_empty", value=0)
    if source.etag not in (None, found.etag):
        return problem("source_changed", bucket=source.bucket, key=source.key)
    beside = sidecar.read_sidecar(source)
    if isinstance(beside, Problem):
        return beside
    chosen = merged(account.drop_defaults, {**_options_in(found.metadata), **beside})
    try:
        asked = DropOptions.model_validate(chosen)
    except ValidationError as error:
        return _invalid(source, error)
    pinned = source.model_copy(
        update={"version_id": found.version_id or source.version_id, "etag": found.etag, "size": found.size}
    )
    return time_refusal(asked.publish_at_s, clock.now()) or Drop(asked, pinned, found)


def _invalid(source: Source, error: ValidationError) -> Problem:
    if all(one["type"] == "privacy_required" for one in error.errors()):
        return problem("privacy_required", key=source.key)
    reason = "; ".join(f"{one['field']}: {one['reason']}" for one in option_errors(error))
    return problem("drop_options_invalid", key=source.key, reason=reason[:_REASON_MAX])


def _options_in(metadata: dict[str, str]) -> dict[str, Any]:
    """Options from S3 user metadata: names with - or _, values percent-encoded. What copying tools leave is none."""
    said: dict[str, Any] = {
        name.replace("-", "_"): unquote(text) for name, text in metadata.items() if name.lower() not in _OF_TOOLS
    }
    if "hashtags" in said:
        said["hashtags"] = said["hashtags"].replace(",", " ").split()
    return said
