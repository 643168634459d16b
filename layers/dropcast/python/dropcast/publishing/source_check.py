"""May this account publish what a request names? Told by names alone: nothing is read."""

from dropcast.errors import Problem, problem
from dropcast.publishing.asked_source import objects_of
from dropcast.publishing.models import Source
from dropcast.publishing.pulled_url import url_refusal
from dropcast.publishing.request import PublishRequest, S3Object, UrlSource
from dropcast.publishing.uploads import upload_refusal
from dropcast.settings import listed, settings


def source_refusals(request: PublishRequest) -> list[Problem | None]:
    """For each object or address that the request's source names, why it cannot be published as asked, if so.

    Problems: media_not_served, bucket_not_ours, pull_not_ours, what `upload_refusal` and `url_refusal` find.
    """
    if isinstance(request.source, UrlSource):
        return [url_refusal(request.source.url, listed(settings().verified_urls))]
    unserved = serving_refusal() if request.way() == "pull" else None
    return [unserved or _refusal(request, one) for one in objects_of(request.source)]


def serving_refusal() -> Problem | None:
    """Why TikTok cannot pull anything from this deployment (media_not_served), or None."""
    return None if settings().media_url else problem("media_not_served")


def _refusal(request: PublishRequest, named: S3Object) -> Problem | None:
    ours = settings().media_bucket
    if named.bucket != ours:
        if named.bucket not in _granted():
            return problem("bucket_not_ours", bucket=named.bucket, ours=ours)
        if request.kind == "video" and request.way() == "pull":
            return problem("pull_not_ours", bucket=named.bucket, ours=ours)
    return upload_refusal(request.account_id, Source(bucket=named.bucket, key=named.key), request.publish_at_s)


def _granted() -> set[str]:
    """The names of the buckets that SOURCE_BUCKETS grants by their ARNs."""
    return {arn.rpartition(":")[2] for arn in listed(settings().source_buckets)}
