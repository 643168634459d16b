"""Uploads: files on their way from a caller into our bucket, in parts that may be sent again.

What is asked for is what can be sent: the account and the type are fixed when S3 is asked, the length is signed into
each part's URL, and the object comes to be only once the parts add up to the size that was declared.
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
from dropcast.publishing.uploads.multipart import StoredPart
from dropcast.publishing.uploads.upload_parts import PREFIX, Part, bytes_max, key_of, parse_key, parts_of
from dropcast.publishing.uploads.upload_rows import Upload, visible_upload
from dropcast.settings import settings

URL_S = 3600
_LISTED_MAX = 20


@dataclass(frozen=True)
class Progress:
    """Which parts of an open upload are there, and which are missing; of one that ended, neither."""

    upload: Upload
    there: list[Part]
    missing: list[Part]


def begin(
    account_id: str, caller: Caller, filename: str, size: int, content_type: str, upload_id: str | None = None
) -> Progress | Problem:
    """Begin the upload of a file of `size` bytes for one account. `upload_id`: its id, if a request claimed one.

    Problems: account_not_found, what `inactivity` finds, upload_too_large.
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
    """How far the upload is, by what S3 holds. Problem: upload_not_found."""
    upload = visible_upload(upload_id, caller)
    if isinstance(upload, Problem):
        return upload
    if upload.state != "open":
        return Progress(upload, [], [])
    there = multipart.stored_parts(upload)
    if there is None:
        finished = _record_completion(upload)
        return finished if isinstance(finished, Problem) else Progress(finished, [], [])
    return Progress(upload, *_stored_and_missing(upload, there))


def put_urls(progress: Progress) -> dict[int, str]:
    """A fresh URL for each missing part, by its number. They are secrets."""
    seconds = url_lifetime_s(progress.upload)
    return {
        part.number: multipart.put_url(progress.upload, part, seconds).get_secret_value() for part in progress.missing
    }


def url_lifetime_s(upload: Upload) -> int:
    """How long a URL made now is good: an hour, and not longer than the upload itself."""
    return max(1, min(URL_S, upload.expires_at - clock.now()))


def complete(upload_id: str, caller: Caller) -> Upload | Problem:
    """Make the object of the parts. Once it is complete, this changes nothing.

    Problems: upload_not_found, upload_aborted, upload_unfinished (which parts are missing).
    """
    upload = visible_upload(upload_id, caller)
    if isinstance(upload, Problem):
        return upload
    if upload.state != "open":
        return upload if upload.state == "complete" else problem("upload_aborted", upload_id=upload_id)
    there = multipart.stored_parts(upload)
    if there is not None:
        done, missing = _stored_and_missing(upload, there)
        if missing:
            return _unfinished(upload, missing)
        numbers = {part.number for part in done}
        multipart.finish(upload, [part for part in there if part.number in numbers])
    return _record_completion(upload)


def abort(upload_id: str, caller: Caller) -> Upload | Problem:
    """Give the upload up and drop its parts. Problems: upload_not_found, upload_complete."""
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
    """Whether `source` is at a key of our bucket at which uploads alone stand."""
    return source.bucket == settings().media_bucket and source.key.startswith(PREFIX)


def upload_refusal(account_id: str, caller: Caller, source: Source, publish_at: int | None = None) -> Problem | None:
    """Why this account may not publish `source` (at `publish_at`, seconds since the epoch), if it is an upload's.

    An upload is for every account of the user whose account it was made for. Problems: upload_not_of_account (it is not
    known to be for this account's user), upload_not_found, upload_aborted, upload_unfinished, upload_gone_by_then.
    """
    if not is_upload(source):
        return None
    named = parse_key(source.key)
    if named is None:
        return problem("upload_not_found", upload_id=source.key)
    upload = visible_upload(named.upload_id, caller)
    if named.account_id != account_id and not _is_of_same_user(upload, account_id):
        return problem("upload_not_of_account", key=source.key, account_id=account_id)
    if isinstance(upload, Problem):
        return upload
    if upload.key != source.key:
        return problem("upload_not_found", upload_id=named.upload_id)
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


def _stored_and_missing(upload: Upload, there: Iterable[StoredPart]) -> tuple[list[Part], list[Part]]:
    """The parts that are there as they should be, and all others."""
    sizes = {part.number: part.size for part in there}
    done: list[Part] = []
    missing: list[Part] = []
    for part in parts_of(upload.size):
        (done if sizes.get(part.number) == part.size else missing).append(part)
    return done, missing


def _unfinished(upload: Upload, missing: list[Part]) -> Problem:
    return problem(
        "upload_unfinished",
        upload_id=upload.upload_id,
        missing=len(missing),
        parts=len(parts_of(upload.size)),
        numbers=[part.number for part in missing[:_LISTED_MAX]],
    )


def _record_completion(upload: Upload) -> Upload | Problem:
    """The object is there, now or since an earlier try whose end nobody wrote down; or S3 gave the upload up."""
    found = s3_object.head(Source(bucket=upload.bucket, key=upload.key))
    if isinstance(found, Problem) or found.size != upload.size:
        return problem("upload_not_found", upload_id=upload.upload_id)
    ended = upload_rows.end(upload, "complete", found.version_id)
    return ended if ended.state == "complete" else problem("upload_aborted", upload_id=upload.upload_id)
