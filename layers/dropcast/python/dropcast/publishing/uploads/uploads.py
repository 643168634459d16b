"""Lets a caller upload a file into our bucket in parts, each of which can be sent again.

A caller can send only the declared file. The key and type are fixed when the upload begins. Each part's URL is signed
for the part's length. The object is created only when the parts add up to the declared size.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dropcast import clock, ids
from dropcast.accounts.account_store import get_account, visible_account
from dropcast.accounts.models import inactivity
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object
from dropcast.publishing.uploads import multipart, upload_rows
from dropcast.publishing.uploads.upload_parts_and_keys import PREFIX, Part, bytes_max, key_of, parse_key, parts_of
from dropcast.publishing.uploads.upload_rows import Upload, visible_upload
from dropcast.settings import settings

URL_S = 3600
_LISTED_MAX = 20


@dataclass(frozen=True)
class Progress:
    """The stored and the missing parts of an open upload. Both are empty after the upload ended."""

    upload: Upload
    stored: list[Part]
    missing: list[Part]


def begin(
    account_id: str, caller: Caller, filename: str, size: int, content_type: str, upload_id: str | None = None
) -> Progress | Problem:
    """Begin the upload of a file of `size` bytes for one account.

    `upload_id`: the id of the upload, if the request's Idempotency-Key has reserved an id.
    Problems: account_not_found, upload_too_large, and as for `inactivity`.
    """
    account = visible_account(account_id, caller)
    if isinstance(account, Problem):
        return account
    if (refusal := inactivity(account)) is not None:
        return refusal
    if size > (limit := bytes_max(content_type)):
        return problem("upload_too_large", size=size, limit=limit, content_type=content_type)
    upload_id, now = upload_id or ids.new_id("upl"), clock.now()
    bucket, key = settings().media_bucket, key_of(account_id, upload_id, filename)
    upload = Upload(
        upload_id=upload_id,
        account_id=account_id,
        user_id=account.user_id,
        state="open",
        filename=filename,
        content_type=content_type,
        size=size,
        bucket=bucket,
        key=key,
        multipart_id=multipart.begin(bucket, key, content_type),
        created_at=now,
        expires_at=now + upload_rows.OPEN_S,
    )
    if not upload_rows.put(upload):
        multipart.abort(upload)
        return get_progress(upload_id, caller)
    return Progress(upload, [], parts_of(size))


def get_progress(upload_id: str, caller: Caller) -> Progress | Problem:
    """The upload and its parts at S3. Records the end of the upload if S3 has created the object.

    Problem: upload_not_found.
    """
    upload = visible_upload(upload_id, caller)
    if isinstance(upload, Problem):
        return upload
    if upload.state != "open":
        return Progress(upload, [], [])
    at_s3 = multipart.stored_parts(upload)
    if at_s3 is None:
        completed = _record_completion(upload)
        return completed if isinstance(completed, Problem) else Progress(completed, [], [])
    return Progress(upload, *_stored_and_missing(upload, at_s3))


def put_urls(progress: Progress) -> dict[int, str]:
    """A new URL for each missing part, by part number. The URLs are secrets."""
    seconds = url_lifetime_s(progress.upload)
    return {
        part.number: multipart.put_url(progress.upload, part, seconds).get_secret_value() for part in progress.missing
    }


def url_lifetime_s(upload: Upload) -> int:
    """How long a URL made now is valid, in seconds. This is an hour, or less if the upload expires earlier."""
    return max(1, min(URL_S, upload.expires_at - clock.now()))


def complete(upload_id: str, caller: Caller) -> Upload | Problem:
    """Create the object from the parts. A repeated call is harmless.

    Problems: upload_not_found, upload_aborted, upload_unfinished (it names the missing parts).
    """
    upload = visible_upload(upload_id, caller)
    if isinstance(upload, Problem):
        return upload
    if upload.state != "open":
        return upload if upload.state == "complete" else problem("upload_aborted", upload_id=upload_id)
    at_s3 = multipart.stored_parts(upload)
    if at_s3 is not None:
        stored, missing = _stored_and_missing(upload, at_s3)
        if missing:
            return _unfinished(upload, missing)
        numbers = {part.number for part in stored}
        multipart.finish(upload, [part for part in at_s3 if part.number in numbers])
    return _record_completion(upload)


def abort(upload_id: str, caller: Caller) -> Upload | Problem:
    """Abort the upload and delete its parts. Problems: upload_not_found, upload_complete."""
    upload = visible_upload(upload_id, caller)
    if isinstance(upload, Problem):
        return upload
    if upload.state == "open":
        upload = upload_rows.end(upload, "aborted")
    if upload.state == "complete":
        return problem("upload_complete", upload_id=upload_id, days=upload_rows.KEPT_S // 86400)
    multipart.abort(upload)
    return upload


def is_upload(source: Source) -> bool:
    """Whether `source` is in our bucket, with a key that only uploads have."""
    return source.bucket == settings().media_bucket and source.key.startswith(PREFIX)


def upload_refusal(account_id: str, caller: Caller, source: Source, publish_at: int | None = None) -> Problem | None:
    """Why this account may not publish the upload `source` at `publish_at` (seconds since the epoch), or None.

    None also if `source` is not an upload. All accounts of the upload's user may publish the upload.
    Problems: upload_not_of_account (the account is not known to belong to the upload's user), upload_not_found,
    upload_aborted, upload_unfinished, upload_gone_by_then.
    """
    if not is_upload(source):
        return None
    key_ids = parse_key(source.key)
    if key_ids is None:
        return problem("upload_not_found", upload_id=source.key)
    upload = visible_upload(key_ids.upload_id, caller)
    if key_ids.account_id != account_id and not _is_of_same_user(upload, account_id):
        return problem("upload_not_of_account", key=source.key, account_id=account_id)
    if isinstance(upload, Problem):
        return upload
    if upload.key != source.key:
        return problem("upload_not_found", upload_id=key_ids.upload_id)
    match upload.state:
        case "open":
            return _unfinished(upload, _stored_and_missing(upload, multipart.stored_parts(upload) or [])[1])
        case "aborted":
            return problem("upload_aborted", upload_id=upload.upload_id)
        case "complete" if publish_at is not None and publish_at > upload.expires_at:
            return problem("upload_gone_by_then", upload_id=upload.upload_id, expires_at=clock.iso(upload.expires_at))
        case "complete":
            return None


def _is_of_same_user(upload: Upload | Problem, account_id: str) -> bool:
    """Whether the account belongs to the user of the upload. False if the upload stores no user."""
    if isinstance(upload, Problem) or upload.user_id is None:
        return False
    account = get_account(account_id)
    return account is not None and account.user_id == upload.user_id


def _stored_and_missing(upload: Upload, at_s3: Iterable[multipart.StoredPart]) -> tuple[list[Part], list[Part]]:
    """The parts that S3 has stored with the right size, and all other parts."""
    sizes = {part.number: part.size for part in at_s3}
    stored: list[Part] = []
    missing: list[Part] = []
    for part in parts_of(upload.size):
        (stored if sizes.get(part.number) == part.size else missing).append(part)
    return stored, missing


def _unfinished(upload: Upload, missing: list[Part]) -> Problem:
    return problem(
        "upload_unfinished",
        upload_id=upload.upload_id,
        missing=len(missing),
        parts=len(parts_of(upload.size)),
        numbers=[part.number for part in missing[:_LISTED_MAX]],
    )


def _record_completion(upload: Upload) -> Upload | Problem:
    """Record that S3 has created the object, now or for an earlier request. upload_not_found if S3 aborted the
    upload.
    """
    found = s3_object.head(Source(bucket=upload.bucket, key=upload.key))
    if isinstance(found, Problem) or found.size != upload.size:
        return problem("upload_not_found", upload_id=upload.upload_id)
    ended = upload_rows.end(upload, "complete", found.version_id)
    return ended if ended.state == "complete" else problem("upload_aborted", upload_id=upload.upload_id)
