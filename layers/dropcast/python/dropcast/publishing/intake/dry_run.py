"""Checks a request as the steps Prepare and Start do. Returns all problems, the media's facts and a forecast.

Stores nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast import clock
from dropcast.accounts.creator import fetch_creator_info
from dropcast.caller import Caller
from dropcast.errors.problem import Next, Problem, problem
from dropcast.media.picture.header_check_result import HeaderCheck
from dropcast.media.range_reader import BufferedRanges
from dropcast.media.video.preflight import VideoFacts, rate_warning
from dropcast.publishing.admission.account_check import may_read_creator_info, postable_account
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.intake.forecast import Forecast, forecast
from dropcast.publishing.intake.source_authorization import source_refusals
from dropcast.publishing.model.creator_rules import creator_problems
from dropcast.publishing.model.problem_fields import fields_of
from dropcast.publishing.model.publish import AnySource, Photo, Photos, Publish, PulledUrl, Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.source_from_request import stored_source
from dropcast.publishing.sources.video_preflight import Video, inspect_video
from dropcast.settings import settings
from dropcast.tiktok.models import CreatorInfo


@dataclass(frozen=True)
class Finding:
    """A field of the request, and the problem that this field causes."""

    field: str
    problem: Problem


@dataclass(frozen=True)
class InspectedSource:
    """The result of the inspection of a source. `source` is None if the source cannot be posted.

    `facts` is set for a video. `photos` has the header check of each photo, or None for a photo with a problem.
    """

    source: AnySource | None
    problems: tuple[Finding, ...] = ()
    facts: VideoFacts | None = None
    photos: tuple[HeaderCheck | None, ...] = ()


@dataclass(frozen=True)
class DryRun:
    """`problems` would stop the publish, `warnings` would not.

    `forecast` is None if the account or the media cannot be used.
    """

    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    inspected: InspectedSource
    forecast: Forecast | None


def dry_run(request: PublishRequest, caller: Caller) -> DryRun:
    """Check the account, the source and its media, and fetch TikTok's creator_info. Nothing is posted.

    Counts as one use of the account's budget `looks` (reads of creator_info). A temporary problem (TikTok's limits, or
    no answer) is a warning, because the publish would be held and tried again.
    """
    account = postable_account(request.account_id, request.mode, caller)
    if isinstance(account, Problem):
        return _report(request, caller, account, None)
    return _report(request, caller, None, fetch_creator(request, caller))


def dry_run_with_creator(request: PublishRequest, caller: Caller, creator: CreatorInfo | Problem | None) -> DryRun:
    """Like `dry_run`, but does not call TikTok. `creator`: the result of an earlier call of `fetch_creator`."""
    account = postable_account(request.account_id, request.mode, caller)
    return _report(request, caller, account if isinstance(account, Problem) else None, creator)


def _report(
    request: PublishRequest, caller: Caller, refusal: Problem | None, creator: CreatorInfo | Problem | None
) -> DryRun:
    inspected = _inspect_source(request, caller, creator)
    publish = _planned_publish(request, inspected)
    about_creator = _creator_findings(publish, creator)
    return DryRun(
        problems=(
            *_findings("publish_at", time_refusal(request.publish_at_s, clock.now())),
            *_findings("account_id", refusal),
            *inspected.problems,
            *(one for one in about_creator if not _is_temporary(one)),
        ),
        warnings=(*(one for one in about_creator if _is_temporary(one)), *_warnings(request, inspected)),
        inspected=inspected,
        forecast=forecast(publish) if refusal is None and inspected.source is not None else None,
    )


def fetch_creator(request: PublishRequest, caller: Caller) -> CreatorInfo | Problem | None:
    """Fetch the creator's info. None for a draft if the account's scopes do not allow the call."""
    if request.mode == "draft" and not may_read_creator_info(request.account_id):
        return None
    return fetch_creator_info(request.account_id, caller)


def _creator_findings(publish: Publish, creator: CreatorInfo | Problem | None) -> list[Finding]:
    match creator:
        case CreatorInfo():
            found = creator_problems(publish, creator, audited=settings().app_audit == "audited")
            return [Finding(fields_of(one, otherwise="account_id")[0], one) for one in found]
        case Problem() if publish.mode == "direct":
            return [Finding("account_id", creator)]
        case _:
            return []


def _inspect_source(request: PublishRequest, caller: Caller, creator: CreatorInfo | Problem | None) -> InspectedSource:
    refusals = source_refusals(request, caller)
    match stored_source(request.source):
        case Source() as video:
            max_ms = creator.max_video_post_duration_sec * 1000 if isinstance(creator, CreatorInfo) else None
            return _inspect_video_source(request, video, refusals[0], max_ms)
        case Photos(items=items):
            return _inspect_photos(items, refusals)
        case PulledUrl() as url:
            return InspectedSource(url)


def _inspect_video_source(
    request: PublishRequest, video: Source, refusal: Problem | None, max_ms: int | None
) -> InspectedSource:
    found = (refusal,) if refusal is not None else inspect_video(video, request.options(), max_ms)
    if isinstance(found, Video):
        return InspectedSource(found.source, facts=found.facts)
    return InspectedSource(None, tuple(Finding(fields_of(one, otherwise="source")[0], one) for one in found))


def _inspect_photos(items: tuple[Photo, ...], refusals: list[Problem | None]) -> InspectedSource:
    checked = [refusal or _inspect_photo(photo) for photo, refusal in zip(items, refusals, strict=True)]
    bad = tuple(Finding(f"source.items.{index}", one) for index, one in enumerate(checked) if isinstance(one, Problem))
    headers = tuple(None if isinstance(one, Problem) else one[1] for one in checked)
    pinned = tuple(one[0] for one in checked if not isinstance(one, Problem))
    return InspectedSource(None if bad else Photos(items=pinned), bad, photos=headers)


def _inspect_photo(photo: Photo) -> tuple[Photo, HeaderCheck] | Problem:
    # Imported here, because the decoders would slow down every cold start of the API's function.
    from dropcast.media.picture.convert import check_header

    pinned = s3_object.pin(photo)
    if isinstance(pinned, Problem):
        return pinned
    size = pinned.size or 0
    reader = BufferedRanges(lambda first, last: s3_object.read_range(pinned, first, last), size)
    try:
        header = check_header(reader, size)
    except s3_object.SourceRefused as refused:
        return refused.problem
    return header if isinstance(header, Problem) else (pinned, header)


def _planned_publish(request: PublishRequest, inspected: InspectedSource) -> Publish:
    """The publish that the request would create."""
    return new_publish(
        request.account_id,
        inspected.source or stored_source(request.source),
        "api",
        request.options(),
        kind=request.kind,
        mode=request.mode,
        via=request.way(),
        publish_at=request.publish_at_s,
    )


def _findings(field: str, found: Problem | None) -> list[Finding]:
    return [] if found is None else [Finding(field, found)]


def _is_temporary(finding: Finding) -> bool:
    return finding.problem.next in (Next.WAIT, Next.RETRY)


def _warnings(request: PublishRequest, inspected: InspectedSource) -> Iterator[Finding]:
    """The findings that would not stop the publish. Protocol section 17 explains the ones about privacy levels."""
    high = rate_warning(inspected.facts) if inspected.facts else None
    if high is not None:
        yield Finding("source", high)
    if request.source.type == "url":
        yield Finding("source", problem("source_not_looked_at"))
    if request.cover_timestamp_ms is not None and request.privacy_level not in (None, "PUBLIC_TO_EVERYONE"):
        yield Finding("cover_timestamp_ms", problem("cover_may_be_ignored", privacy_level=request.privacy_level))
    if request.brand_content and request.privacy_level == "FOLLOWER_OF_CREATOR":
        yield Finding("privacy_level", problem("branded_for_followers"))
