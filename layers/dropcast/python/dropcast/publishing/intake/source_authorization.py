"""May this account publish what a request names? Told by names alone: nothing is read."""

from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.request import PublishRequest, S3Object, UrlSource
from dropcast.publishing.sources.pull_urls import url_refusal
from dropcast.publishing.sources.source_from_request import objects_of
from dropcast.publishing.uploads.uploads import is_upload, upload_refusal
from dropcast.settings import listed, settings


def source_refusals(request: PublishRequest, caller: Caller) -> list[Problem | None]:
    """For each object or address that the request's source names, why it cannot be published as asked, if so.

    A caller that is bound to a user names uploads alone. Problems: media_not_served, source_not_upload,
    bucket_not_ours, pull_not_ours, what `upload_refusal` and `url_refusal` find.
    """
    if isinstance(request.source, UrlSource):
        return [url_refusal(request.source.url, listed(settings().verified_urls))]
    unserved = serving_refusal() if request.way() == "pull" else None
    return [unserved or _refusal(request, caller, one) for one in objects_of(request.source)]


def serving_refusal() -> Problem | None:
    """Why TikTok cannot pull anything from this deployment (media_not_served), or None."""
    return None if settings().media_url else problem("media_not_served")


def _refusal(request: PublishRequest, caller: Caller, named: S3Object) -> Problem | None:
    ours, source = settings().media_bucket, Source(bucket=named.bucket, key=named.key)
    if caller.user_id is not None and not is_upload(source):
        return problem("source_not_upload")
    if named.bucket != ours:
        if named.bucket not in _granted():
            return problem("bucket_not_ours", bucket=named.bucket, ours=ours)
        if request.kind == "video" and request.way() == "pull":
            return problem("pull_not_ours", bucket=named.bucket, ours=ours)
    return upload_refusal(request.account_id, caller, source, request.publish_at_s)


def _granted() -> set[str]:
    """The names of the buckets that SOURCE_BUCKETS grants by their ARNs."""
    return {arn.rpartition(":")[2] for arn in listed(settings().source_buckets)}
