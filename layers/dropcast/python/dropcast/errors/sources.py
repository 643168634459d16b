"""The errors of what is to be posted: uploads on their way into the bucket, objects in S3."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

_NEW_UPLOAD = "Begin a new one with POST /v1/uploads."

SOURCES: dict[ErrorCode, Entry] = {
    "upload_not_found": Entry("There is no upload {upload_id}, or its time is over.", _NEW_UPLOAD, Next.NONE, 404),
    "upload_too_large": Entry(
        "The file has {size} bytes; of {content_type} at most {limit} are taken.",
        "Make the file smaller.",
        Next.NONE,
    ),
    "upload_unfinished": Entry(
        "The upload {upload_id} is not complete: {missing} of its {parts} parts are missing.",
        "Send what GET /v1/uploads/{upload_id} calls missing, then POST /v1/uploads/{upload_id}/complete.",
        Next.RETRY,
        409,
    ),
    "upload_aborted": Entry("The upload {upload_id} was given up.", _NEW_UPLOAD, Next.NONE, 409),
    "upload_complete": Entry(
        "The upload {upload_id} is complete and cannot be given up any more.",
        "Leave it: the object is deleted {days} days after the upload began.",
        Next.NONE,
        409,
    ),
    "upload_not_of_account": Entry(
        "{key} was uploaded for another user than that of {account_id}.",
        "Publish it to an account of the user that it was uploaded for, or upload it for this account.",
        Next.NONE,
        403,
    ),
    "upload_gone_by_then": Entry(
        "The upload {upload_id} is deleted on {expires_at}, before it is to be published.",
        "Publish it sooner, or put the file at a key of your own in the bucket: nothing deletes those.",
        Next.NONE,
    ),
    "source_not_upload": Entry(
        "There is no object with this bucket and key for this API key, which is bound to a user: it publishes complete "
        "uploads of its own accounts.",
        "Upload the file with POST /v1/uploads and publish the source that its answer names.",
        Next.NONE,
        404,
    ),
    "bucket_not_ours": Entry(
        "The bucket {bucket} is not this deployment's, and not one that it was granted.",
        "Put the file into {ours} (POST /v1/uploads does), or grant {bucket} (SOURCE_BUCKETS, docs/publish.md).",
        Next.NONE,
    ),
    "pull_not_ours": Entry(
        "TikTok cannot pull from the bucket {bucket}: only what lies in {ours} is served to it.",
        "Leave via out, so that the video is sent, or put it into {ours}.",
        Next.NONE,
    ),
    "media_not_served": Entry(
        "This deployment has no address that TikTok can pull from, and photos and videos with via pull need one.",
        "Deploy with media_distribution on or with a media_url (docs/deploy.md). A video is sent if you leave via out.",
        Next.NONE,
    ),
    "source_not_looked_at": Entry(
        "Nobody has looked at this video: TikTok is the first to.",
        "To know before, put it into the deployment's bucket and publish it from there.",
        Next.NONE,
    ),
    "source_forbidden": Entry(
        "This deployment may not read {key} in the bucket {bucket}.",
        "Grant it: the bucket's policy, its KMS key's policy and SOURCE_BUCKETS (docs/publish.md) must all say so.",
        Next.NONE,
    ),
    "source_archived": Entry(
        "The object {key} in the bucket {bucket} is archived ({value}) and cannot be read.",
        "Restore it in S3 first, or upload it again.",
        Next.NONE,
    ),
    "source_unreadable": Entry(
        "S3 does not give {key} in the bucket {bucket} as it is asked for (HTTP {status}).",
        "Check version_id, and that the object is not encrypted with a key of the caller's own (SSE-C).",
        Next.NONE,
    ),
}
