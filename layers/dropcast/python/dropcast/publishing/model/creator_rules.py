"""Checks a post against the creator's present settings: what TikTok would refuse or silently change. Pure rules."""

from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish, Source
from dropcast.tiktok.models import CreatorInfo


def creator_refusal(publish: Publish, creator: CreatorInfo, *, audited: bool) -> Problem | None:
    """The first of `creator_problems`, or None."""
    return next(iter(creator_problems(publish, creator, audited=audited)), None)


def creator_problems(publish: Publish, creator: CreatorInfo, *, audited: bool) -> list[Problem]:
    """Every reason why TikTok would not post this for this creator (protocol sections 2, 5 and 10.1).

    `audited`: whether TikTok has audited the app. For a draft only the video's duration is checked, because the creator
    chooses the rest in the app.
    """
    if publish.mode == "draft":
        found = [_duration_refusal(publish, creator)]
    else:
        options = publish.asked_options
        found = [
            _privacy_refusal(options, creator),
            None if audited else _unaudited_refusal(options, creator),
            _duration_refusal(publish, creator),
            _interaction_refusal(publish, options, creator),
        ]
    return [refusal for refusal in found if refusal is not None]


def _privacy_refusal(options: PublishOptions, creator: CreatorInfo) -> Problem | None:
    if options.privacy_level in creator.privacy_level_options:
        return None
    available = ", ".join(creator.privacy_level_options)
    return problem("privacy_level_not_available", privacy_level=options.privacy_level, available=available)


def _unaudited_refusal(options: PublishOptions, creator: CreatorInfo) -> Problem | None:
    """TikTok checks the account first: for a public account SELF_ONLY does not help."""
    if not creator.private:
        return problem("unaudited_client_can_only_post_to_private_accounts")
    if options.privacy_level != "SELF_ONLY":
        return problem("unaudited_client_posts_self_only", privacy_level=options.privacy_level)
    return None


def _duration_refusal(publish: Publish, creator: CreatorInfo) -> Problem | None:
    longest = creator.max_video_post_duration_sec * 1000
    duration = publish.source.duration_ms if isinstance(publish.source, Source) else None
    if duration is None or duration <= longest:
        return None
    return problem("longer_than_creator_may", duration_ms=duration, max_ms=longest)


def _interaction_refusal(publish: Publish, options: PublishOptions, creator: CreatorInfo) -> Problem | None:
    """Photos have no duet and no stitch, so the creator's settings of these do not matter for them."""
    is_off = {"comment": options.allow_comment and creator.comment_disabled}
    if publish.kind == "video":
        is_off["duet"] = options.allow_duet and creator.duet_disabled
        is_off["stitch"] = options.allow_stitch and creator.stitch_disabled
    names = [name for name, off in is_off.items() if off]
    return problem("interaction_switched_off", interactions=", ".join(names)) if names else None
