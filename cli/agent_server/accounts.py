"""The tools that read accounts: accounts, creator_info, videos."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from cli.agent_server.strings import Own, Result, Text, Word
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast

AccountId = Annotated[str, Field(description="The account: an account_id (acc_…) from the tool `accounts`.")]
NextPage = Annotated[str | None, Field(description="`next` of the previous page.")]

_ACCOUNTS = 20
_VIDEOS_MAX = 20


class Ability(Result):
    """Something that the account can or cannot do now, with the reason and the fix."""

    code: Word
    can: bool
    why: Text | None = None
    fix: Own | None = None


class Account(Result):
    """A connected TikTok account. Only a call with account_id returns `abilities`."""

    account_id: Word
    username: Text | None = None
    nickname: Text | None = None
    status: Word
    abilities: list[Ability] | None = None


class Accounts(Result):
    """A page of accounts. `next` requests the following page."""

    items: list[Account]
    next: Word | None = None


class CreatorInfo(Result):
    """What TikTok lets the creator post now."""

    account_id: Word
    username: Text
    nickname: Text
    privacy_level_options: list[Word]
    private: bool
    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool
    max_video_post_duration_s: int


class Metrics(Result):
    """The counts of a video."""

    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None


class Video(Result):
    """A public video of the account."""

    video_id: Word
    created_at: datetime | None = None
    title: Text | None = None
    description: Text | None = None
    duration_s: int | None = None
    share_url: Text | None = None
    is_aigc: bool | None = None
    metrics: Metrics


class Videos(Result):
    """A page of videos, newest first. `next` requests the following page."""

    items: list[Video]
    next: Word | None = None


class AccountTools:
    """The tools for the accounts of one deployment."""

    def __init__(self, api: Dropcast) -> None:
        self._api = api

    def accounts(self, account_id: AccountId | None = None, next: NextPage = None) -> Accounts:
        """List the connected TikTok accounts. Call this first: other tools need an account_id. With account_id, the
        tool shows that account and what the account can do now.
        """
        if account_id is not None:
            return Accounts(items=[Account.model_validate(self._api.show_account(account_id))])
        return Accounts.model_validate(self._api.list_accounts(next=next, limit=_ACCOUNTS))

    def creator_info(self, account_id: AccountId) -> CreatorInfo:
        """Ask TikTok what the creator may post now: the privacy levels, the interactions and the maximum duration of a
        video. Call this before you choose a privacy_level. At most eight calls a minute.
        """
        return CreatorInfo.model_validate(self._api.creator_info(account_id))

    def videos(self, account_id: AccountId, next: NextPage = None) -> Videos:
        """List the account's public videos with their views, likes, comments and shares. Use it to see how posts
        perform, or to find a video_id for the tool `comments`.
        """
        if next is not None and not next.isdecimal():
            raise WrongInputError("There is no such page of videos.", "Pass `next` of the previous page.")
        after = None if next is None else int(next)
        return Videos.model_validate(self._api.videos(account_id, next=after, limit=_VIDEOS_MAX))
