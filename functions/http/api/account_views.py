"""The API's views of accounts, their abilities and their videos."""

from typing import Any

from pydantic import BaseModel

from dropcast import clock
from dropcast.accounts.abilities import AbilityCode, abilities
from dropcast.accounts.account_list_store import AccountPage
from dropcast.accounts.models import Account, AccountStatus, EndReason, avatar_url_at
from dropcast.settings import settings
from dropcast.tiktok.models import CreatorInfo, Video, VideoPage


class AccountView(BaseModel):
    """A connected account. `avatar_url` is null once TikTok's link has expired."""

    account_id: str
    user_id: str
    open_id: str
    username: str | None
    nickname: str | None
    avatar_url: str | None
    status: AccountStatus
    scopes: list[str]
    connected_at: str
    ended_at: str | None
    end_reason: EndReason | None
    revoked_at_tiktok: bool | None
    drop_defaults: dict[str, Any]


class AccountsView(BaseModel):
    """A page of accounts. A page may be short or empty although there is a next page."""

    items: list[AccountView]
    next: str | None


class CreatorView(BaseModel):
    """What TikTok reported about the creator at `checked_at`. A field is null if TikTok reported nothing."""

    checked_at: str
    private: bool | None
    can_post: bool
    refusal: str | None


class AbilityView(BaseModel):
    """Something that the account can or cannot do now, with the reason and the fix. Programs read `code`."""

    code: AbilityCode
    what: str
    can: bool
    why: str | None
    fix: str | None


class ProfileView(BaseModel):
    """The account's public profile on TikTok. A field is null if TikTok reported nothing."""

    bio: str | None
    link: str | None
    verified: bool | None


class StatsView(BaseModel):
    """The account's counts. A field is null if TikTok reported nothing."""

    followers: int | None
    following: int | None
    likes: int | None
    videos: int | None


class AccountDetailView(AccountView):
    """A connected account, and what it can and cannot do now.

    `profile` needs the scope user.info.profile, and `stats` needs user.info.stats. Dropcast fetched both at
    `creator.checked_at`.
    """

    app_audit: str
    profile: ProfileView | None
    stats: StatsView | None
    creator: CreatorView | None
    abilities: list[AbilityView]


class CreatorInfoView(BaseModel):
    """What the creator may post now, fetched from TikTok. `avatar_url` works for two hours."""

    account_id: str
    username: str
    nickname: str
    avatar_url: str
    privacy_level_options: list[str]
    private: bool
    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool
    max_video_post_duration_s: int
    asked_at: str


class MetricsView(BaseModel):
    """The counts of a video: views, likes, comments and shares."""

    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None


class VideoView(BaseModel):
    """One public video. `cover_image_url` works for six hours."""

    video_id: str
    created_at: str | None
    title: str | None
    description: str | None
    duration_s: int | None
    width: int | None
    height: int | None
    cover_image_url: str | None
    share_url: str | None
    embed_link: str | None
    is_aigc: bool | None
    metrics: MetricsView


class VideosView(BaseModel):
    """A page of videos, newest first."""

    items: list[VideoView]
    next: str | None


def account_view(account: Account) -> AccountView:
    return AccountView(**_account_fields(account))


def accounts_view(page: AccountPage) -> AccountsView:
    return AccountsView(items=[account_view(one) for one in page.accounts], next=page.next)


def account_detail_view(account: Account) -> AccountDetailView:
    creator = account.creator
    audit = settings().app_audit
    return AccountDetailView(
        **_account_fields(account),
        app_audit=audit,
        profile=_profile_view(account),
        stats=_stats_view(account),
        creator=creator
        and CreatorView(
            checked_at=clock.iso(creator.at),
            private=creator.private,
            can_post="video.publish" in account.scopes and creator.refusal is None,
            refusal=creator.refusal,
        ),
        abilities=[
            AbilityView(code=ability.code, what=ability.what, can=ability.can, why=ability.why, fix=ability.fix)
            for ability in abilities(account, audited=audit == "audited")
        ],
    )


def _profile_view(account: Account) -> ProfileView | None:
    known = account.profile if "user.info.profile" in account.scopes else None
    return known and ProfileView(bio=known.bio, link=known.link, verified=known.verified)


def _stats_view(account: Account) -> StatsView | None:
    known = account.stats if "user.info.stats" in account.scopes else None
    return known and StatsView(
        followers=known.followers, following=known.following, likes=known.likes, videos=known.videos
    )


def creator_info_view(account_id: str, info: CreatorInfo) -> CreatorInfoView:
    return CreatorInfoView(
        account_id=account_id,
        username=info.username,
        nickname=info.nickname,
        avatar_url=info.avatar_url,
        privacy_level_options=list(info.privacy_level_options),
        private=info.private,
        comment_disabled=info.comment_disabled,
        duet_disabled=info.duet_disabled,
        stitch_disabled=info.stitch_disabled,
        max_video_post_duration_s=info.max_video_post_duration_sec,
        asked_at=clock.iso(clock.now()),
    )


def videos_view(page: VideoPage) -> VideosView:
    following = str(page.cursor) if page.has_more and page.cursor is not None else None
    return VideosView(items=[_video_view(video) for video in page.videos], next=following)


def _video_view(video: Video) -> VideoView:
    return VideoView(
        video_id=video.id,
        created_at=None if video.create_time is None else clock.iso(video.create_time),
        title=video.title,
        description=video.video_description,
        duration_s=video.duration,
        width=video.width,
        height=video.height,
        cover_image_url=video.cover_image_url,
        share_url=video.share_url,
        embed_link=video.embed_link,
        is_aigc=video.is_aigc,
        metrics=MetricsView(
            views=video.view_count, likes=video.like_count, comments=video.comment_count, shares=video.share_count
        ),
    )


def _account_fields(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "user_id": account.user_id,
        "open_id": account.open_id,
        "username": account.username,
        "nickname": account.nickname,
        "avatar_url": avatar_url_at(account, clock.now()),
        "status": account.status,
        "scopes": sorted(account.scopes),
        "connected_at": clock.iso(account.connected_at),
        "ended_at": None if account.ended_at is None else clock.iso(account.ended_at),
        "end_reason": account.end_reason,
        "revoked_at_tiktok": account.revoked,
        "drop_defaults": account.drop_defaults,
    }
