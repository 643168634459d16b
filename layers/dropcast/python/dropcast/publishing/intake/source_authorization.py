"""Checks whether the caller may publish the sources that a request names.

It checks only the names and reads no object.
"""

from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.request import PublishRequest, S3Object, UrlSource
from dropcast.publishing.sources.pull_urls import serving_refusal, url_refusal
from dropcast.publishing.sources.source_from_request import objects_of
from dropcast.publishing.uploads.uploads import is_upload, upload_refusal
from dropcast.settings import listed, settings


def source_refusals(request: PublishRequest, caller: Caller) -> list[Problem | None]:
    """For each object or address of the request's source: the problem that prevents publishing it, or None.

    A caller that is bound to a user may name only uploads. Problems: media_not_served, source_not_upload,
    bucket_not_ours, pull_not_ours, and as for `upload_refusal` and `url_refusal`.
    """
    if isinstance(request.source, UrlSource):
        return [url_refusal(request.source.url, listed(settings().verified_urls))]
    not_served = serving_refusal() if request.way() == "pull" else None
    return [not_served or _refusal(request, caller, one) for one in objects_of(request.source)]


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
    """The names of the buckets whose ARNs SOURCE_BUCKETS lists."""
    return {arn.rpartition(":")[2] for arn in listed(settings().source_buckets)}
