"""Errors of a publish's source: uploads into the bucket, and objects in S3."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

_NEW_UPLOAD = "Start a new upload with POST /v1/uploads."

SOURCES: dict[ErrorCode, Entry] = {
    "upload_not_found": Entry("There is no upload {upload_id}, or it has expired.", _NEW_UPLOAD, Next.NONE, 404),
    "upload_too_large": Entry(
        "The file has {size} bytes; Dropcast accepts at most {limit} for {content_type}.",
        "Make the file smaller.",
        Next.NONE,
    ),
    "upload_unfinished": Entry(
        "The upload {upload_id} is not complete: {missing} of its {parts} parts are missing.",
        "Send the parts that GET /v1/uploads/{upload_id} lists as missing, then call POST "
        "/v1/uploads/{upload_id}/complete.",
        Next.RETRY,
        409,
    ),
    "upload_aborted": Entry("The upload {upload_id} was aborted.", _NEW_UPLOAD, Next.NONE, 409),
    "upload_complete": Entry(
        "The upload {upload_id} is complete and can no longer be aborted.",
        "No action needed; the object is deleted {days} days after the upload started.",
        Next.NONE,
        409,
    ),
    "upload_not_of_account": Entry(
        "The user of the upload {key} does not own the account {account_id}.",
        "Publish the upload to an account of the upload's user, or upload the file again for this account.",
        Next.NONE,
        403,
    ),
    "upload_gone_by_then": Entry(
        "Dropcast deletes the upload {upload_id} on {expires_at}, before the publish is due.",
        "Choose an earlier time for the publish. You can also store the file in the bucket yourself, under a key "
        "outside uploads/, where Dropcast does not delete it.",
        Next.NONE,
    ),
    "source_not_upload": Entry(
        "This API key is bound to a user and can publish only complete uploads of that user. There is no "
        "complete upload of that user with this bucket and key.",
        "Upload the file (POST /v1/uploads), complete the upload, and publish with the source from the answer.",
        Next.NONE,
        404,
    ),
    "bucket_not_ours": Entry(
        "The bucket {bucket} is not this deployment's bucket, and this deployment has no grant to read it.",
        "Put the file into {ours} (POST /v1/uploads does this), or grant access to {bucket} with SOURCE_BUCKETS, "
        "as docs/publish.md explains.",
        Next.NONE,
    ),
    "pull_not_ours": Entry(
        "TikTok cannot pull from the bucket {bucket}; Dropcast serves only objects in {ours} to TikTok.",
        "Send the request without `via`, so that Dropcast sends the video, or put the video into {ours}.",
        Next.NONE,
    ),
    "media_not_served": Entry(
        "This deployment has no address for TikTok to pull from. TikTok needs one for photos, and for "
        "videos with `via: pull`.",
        "Deploy with media_distribution on, or with a media_url (docs/deploy.md). For a video, send the "
        "request without `via`: Dropcast then sends the video.",
        Next.NONE,
    ),
    "source_not_looked_at": Entry(
        "Dropcast has not checked this video, because TikTok fetches it from your address. TikTok checks the "
        "video when it fetches it.",
        "To check the video in advance, put it into the deployment's bucket and publish it from there.",
        Next.NONE,
    ),
    "source_forbidden": Entry(
        "This deployment is not allowed to read {key} in the bucket {bucket}.",
        "Grant read access in the bucket's policy, in its KMS key's policy and in SOURCE_BUCKETS (docs/publish.md).",
        Next.NONE,
    ),
    "source_archived": Entry(
        "The object {key} in the bucket {bucket} is archived ({value}) and cannot be read.",
        "Restore the object in S3 first, or upload it again.",
        Next.NONE,
    ),
    "source_unreadable": Entry(
        "S3 refused to read {key} in the bucket {bucket} (HTTP {status}).",
        "Check version_id, and check that the object is not encrypted with a customer-provided key (SSE-C).",
        Next.NONE,
    ),
}
