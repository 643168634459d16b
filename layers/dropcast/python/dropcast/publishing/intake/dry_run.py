"""What would become of a publish: every problem at once, what its media are, and the plan. Nothing is stored.

The checks are those that Prepare and Start make.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast import clock
from dropcast.accounts.creator import fetch_creator_info
from dropcast.caller import Caller
from dropcast.errors.problem import Next, Problem, problem
from dropcast.media.picture.header_check import HeaderCheck
from dropcast.media.range_reader import BufferedRanges
from dropcast.media.video.preflight import VideoFacts, rate_warning
from dropcast.publishing.admission.account_check import may_read_creator_info, postable_account
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.intake.forecast import Forecast, forecast
from dropcast.publishing.intake.source_authorization import source_refusals
from dropcast.publishing.model.creator_rules import creator_problems
from dropcast.publishing.model.publish import AnySource, Photo, Photos, Publish, PulledUrl, Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.s3_object import SourceRefused
from dropcast.publishing.sources.source_from_request import stored_source
from dropcast.publishing.sources.video_preflight import Video, inspect_video
from dropcast.settings import settings
from dropcast.tiktok.models import CreatorInfo


@dataclass(frozen=True)
class Finding:
    """A problem, and the field of the request that it is about."""

    field: str
    problem: Problem


@dataclass(frozen=True)
class InspectedSource:
    """What was learnt of the source, None if it cannot be posted: `facts` of a video, a glance at each photo."""

    source: AnySource | None
    problems: tuple[Finding, ...] = ()
    facts: VideoFacts | None = None
    photos: tuple[HeaderCheck | None, ...] = ()


@dataclass(frozen=True)
class DryRun:
    """`problems` stop the publish, `warnings` do not. There is no forecast for an account or media that do not fit."""

    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    looked: InspectedSource
    forecast: Forecast | None


def dry_run(request: PublishRequest, caller: Caller) -> DryRun:
    """Ask everything that can be asked without posting: the account, the source, its media, TikTok about the creator.

    Takes one `looks` of the account's budgets. A wait (TikTok's limits, or no answer) is a warning: the publish would
    be held and tried again.
    """
    account = postable_account(request.account_id, request.mode, caller)
    refusal = account if isinstance(account, Problem) else None
    creator = None if refusal is not None else _fetch_creator(request, caller)
    looked = _inspect_source(request, caller, creator)
    publish = _planned_publish(request, looked)
    said = _creator_findings(publish, creator)
    return DryRun(
        problems=(
            *_findings("publish_at", time_refusal(request.publish_at_s, clock.now())),
            *_findings("account_id", refusal),
            *looked.problems,
            *(one for one in said if not _is_temporary(one)),
        ),
        warnings=(*(one for one in said if _is_temporary(one)), *_warnings(request, looked)),
        looked=looked,
        forecast=forecast(publish) if refusal is None and looked.source is not None else None,
    )


def _fetch_creator(request: PublishRequest, caller: Caller) -> CreatorInfo | Problem | None:
    """None of a draft whose account lets us not look."""
    if request.mode == "draft" and not may_read_creator_info(request.account_id):
        return None
    return fetch_creator_info(request.account_id, caller)


def _creator_findings(publish: Publish, creator: CreatorInfo | Problem | None) -> list[Finding]:
    match creator:
        case CreatorInfo():
            found = creator_problems(publish, creator, audited=settings().app_audit == "audited")
            return [Finding(_FIELDS.get(one.code, "account_id"), one) for one in found]
        case Problem() if publish.mode == "direct":
            return [Finding("account_id", creator)]
        case _:
            return []


_FIELDS = {
    "privacy_level_not_available": "privacy_level",
    "unaudited_client_posts_self_only": "privacy_level",
    "longer_than_creator_may": "source",
    "cover_outside_video": "cover_timestamp_ms",
    "interaction_switched_off": "allow_comment",
}


def _inspect_source(request: PublishRequest, caller: Caller, creator: CreatorInfo | Problem | None) -> InspectedSource:
    refusals = source_refusals(request, caller)
    match stored_source(request.source):
        case Source() as video:
            max_ms = creator.max_video_post_duration_sec * 1000 if isinstance(creator, CreatorInfo) else None
            return _inspect_video(request, video, refusals[0], max_ms)
        case Photos(items=items):
            return _inspect_photos(items, refusals)
        case PulledUrl() as url:
            return InspectedSource(url)


def _inspect_video(
    request: PublishRequest, video: Source, refusal: Problem | None, max_ms: int | None
) -> InspectedSource:
    seen = (refusal,) if refusal is not None else inspect_video(video, request.options(), max_ms)
    if isinstance(seen, Video):
        return InspectedSource(seen.source, facts=seen.facts)
    return InspectedSource(None, tuple(Finding(_FIELDS.get(one.code, "source"), one) for one in seen))


def _inspect_photos(items: tuple[Photo, ...], refusals: list[Problem | None]) -> InspectedSource:
    seen = [refusal or _inspect_photo(photo) for photo, refusal in zip(items, refusals, strict=True)]
    found = tuple(Finding(f"source.items.{index}", one) for index, one in enumerate(seen) if isinstance(one, Problem))
    glances = tuple(None if isinstance(one, Problem) else one[1] for one in seen)
    sizes = [None if isinstance(one, Problem) else one[0] for one in seen]
    pinned = tuple(photo.model_copy(update={"size": size}) for photo, size in zip(items, sizes, strict=True))
    return InspectedSource(None if found else Photos(items=pinned), found, photos=glances)


def _inspect_photo(photo: Photo) -> tuple[int, HeaderCheck] | Problem:
    # here, since every call of the API would wait for the decoders when its function starts
    from dropcast.media.picture.convert import check_header

    found = s3_object.head(photo)
    if isinstance(found, Problem):
        return found
    pinned = photo.model_copy(update={"etag": found.etag, "size": found.size})
    reader = BufferedRanges(lambda first, last: s3_object.read_range(pinned, first, last), found.size)
    try:
        seen = check_header(reader, found.size)
    except SourceRefused as refused:
        return refused.problem
    return seen if isinstance(seen, Problem) else (found.size, seen)


def _planned_publish(request: PublishRequest, looked: InspectedSource) -> Publish:
    """The publish that this request would become."""
    return new_publish(
        request.account_id,
        looked.source or stored_source(request.source),
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


def _warnings(request: PublishRequest, looked: InspectedSource) -> Iterator[Finding]:
    """What stops nothing and yet is worth knowing; of privacy levels that is protocol section 17."""
    high = rate_warning(looked.facts) if looked.facts else None
    if high is not None:
        yield Finding("source", high)
    if request.source.type == "url":
        yield Finding("source", problem("source_not_looked_at"))
    if request.cover_timestamp_ms is not None and request.privacy_level not in (None, "PUBLIC_TO_EVERYONE"):
        yield Finding("cover_timestamp_ms", problem("cover_may_be_ignored", privacy_level=request.privacy_level))
    if request.brand_content and request.privacy_level == "FOLLOWER_OF_CREATOR":
        yield Finding("privacy_level", problem("branded_for_followers"))
