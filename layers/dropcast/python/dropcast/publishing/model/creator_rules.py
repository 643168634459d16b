"""Checks a post against the creator's present settings. Finds what TikTok would refuse, or would silently change.

Pure rules.
"""

from dataclasses import dataclass

from dropcast.errors.problem import Problem, problem
from dropcast.media.limits import duration_refusal
from dropcast.publishing.model.options import Kind, Mode, PublishOptions
from dropcast.publishing.model.publish import Publish, Source
from dropcast.tiktok.models import CreatorInfo


@dataclass(frozen=True)
class PlannedPost:
    """The parts of a post that `post_problems` checks. `duration_ms`: the video's duration, None if it is not known."""

    kind: Kind
    mode: Mode
    options: PublishOptions
    duration_ms: int | None = None


def creator_refusal(publish: Publish, creator: CreatorInfo, *, audited: bool) -> Problem | None:
    """The first problem that `creator_problems` finds, or None."""
    return next(iter(creator_problems(publish, creator, audited=audited)), None)


def creator_problems(publish: Publish, creator: CreatorInfo, *, audited: bool) -> list[Problem]:
    """The problems that `post_problems` finds in the post of a publish."""
    options = PublishOptions() if publish.mode == "draft" else publish.asked_options
    duration = publish.source.duration_ms if isinstance(publish.source, Source) else None
    return post_problems(PlannedPost(publish.kind, publish.mode, options, duration), creator, audited=audited)


def post_problems(post: PlannedPost, creator: CreatorInfo, *, audited: bool) -> list[Problem]:
    """Every reason why TikTok would not post this for this creator (protocol sections 2, 5 and 10.1).

    `audited`: whether TikTok has audited the app. For a draft only the video's duration is checked, because the creator
    chooses everything else in TikTok's app.
    """
    if post.mode == "draft":
        found = [_duration_refusal(post, creator)]
    else:
        found = [
            _privacy_refusal(post.options, creator),
            None if audited else _unaudited_refusal(post.options, creator),
            _duration_refusal(post, creator),
            _interaction_refusal(post, creator),
        ]
    return [refusal for refusal in found if refusal is not None]


def _privacy_refusal(options: PublishOptions, creator: CreatorInfo) -> Problem | None:
    if options.privacy_level in creator.privacy_level_options:
        return None
    available = ", ".join(creator.privacy_level_options)
    return problem("privacy_level_not_available", privacy_level=options.privacy_level, available=available)


def _unaudited_refusal(options: PublishOptions, creator: CreatorInfo) -> Problem | None:
    """The problem of an app that TikTok has not audited. Such an app can post only to private accounts, as SELF_ONLY.

    TikTok checks the account before the privacy level. So SELF_ONLY does not help a public account.
    """
    if not creator.private:
        return problem("unaudited_client_can_only_post_to_private_accounts")
    if options.privacy_level != "SELF_ONLY":
        return problem("unaudited_client_posts_self_only", privacy_level=options.privacy_level)
    return None


def _duration_refusal(post: PlannedPost, creator: CreatorInfo) -> Problem | None:
    if post.duration_ms is None:
        return None
    return duration_refusal(post.duration_ms, creator.max_video_post_duration_sec * 1000)


def _interaction_refusal(post: PlannedPost, creator: CreatorInfo) -> Problem | None:
    """The problem of an interaction that the creator does not allow. Photos have no duet and no stitch."""
    options = post.options
    is_off = {"comment": options.allow_comment and creator.comment_disabled}
    if post.kind == "video":
        is_off["duet"] = options.allow_duet and creator.duet_disabled
        is_off["stitch"] = options.allow_stitch and creator.stitch_disabled
    names = [name for name, off in is_off.items() if off]
    return problem("interaction_switched_off", interactions=", ".join(names)) if names else None
