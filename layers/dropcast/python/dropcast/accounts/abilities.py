"""What an account can and cannot do now, described for people. Pure rules (protocol sections 1.8, 2, 10.1)."""

from dataclasses import dataclass
from typing import Literal

from dropcast.accounts.models import Account, obstacle
from dropcast.errors.problem import known_code, problem

AbilityCode = Literal["publish", "publish_for_everyone", "send_drafts", "list_videos", "show_username"]

_WORDS: dict[AbilityCode, str] = {
    "publish": "publish videos",
    "publish_for_everyone": "publish videos that everyone sees",
    "send_drafts": "send drafts to the TikTok inbox, to be finished in the TikTok app",
    "list_videos": "list its public videos and their figures",
    "show_username": "show its @username",
}


@dataclass(frozen=True)
class Ability:
    """Something that an account can or cannot do. If it is limited, `why` is the reason and `fix` the remedy."""

    code: AbilityCode
    can: bool
    why: str | None = None
    fix: str | None = None

    @property
    def what(self) -> str:
        """What the ability is, in words for people."""
        return _WORDS[self.code]


def abilities(account: Account, *, audited: bool) -> list[Ability]:
    """What `account` can and cannot do. `audited`: whether TikTok has audited the app."""
    return [
        _publish(account, audited=audited),
        _publish_for_everyone(account, audited=audited),
        _by_scope("send_drafts", account, "video.upload"),
        _by_scope("list_videos", account, "video.list"),
        _by_scope("show_username", account, _username_scope(account)),
    ]


def _publish(account: Account, *, audited: bool) -> Ability:
    code: AbilityCode = "publish"
    if refusal := _posting_refusal(code, account):
        return refusal
    private = account.creator.private if account.creator else None
    if audited or private:
        why = None if audited else "TikTok has not audited this app: only the account's owner sees the posts."
        return Ability(code, True, why)
    if private is None:
        return Ability(code, True, "TikTok has not audited this app, so this works only while the account is private.")
    return _cannot(code, "unaudited_client_can_only_post_to_private_accounts")


def _publish_for_everyone(account: Account, *, audited: bool) -> Ability:
    code: AbilityCode = "publish_for_everyone"
    if refusal := _posting_refusal(code, account):
        return refusal
    if not audited:
        why = "TikTok has not audited this app, so only the account's owner sees its posts."
        fix = "The operator submits the app to TikTok's audit, then sets APP_AUDIT to audited (docs/connect.md)."
        return Ability(code, False, why, fix)
    if account.creator and account.creator.private:
        return Ability(code, False, "The account is private.", "Its owner makes it public in the TikTok app.")
    return Ability(code, True)


def _username_scope(account: Account) -> str:
    """The scope with which TikTok returns the @username. An app that may post gets the name from creator_info."""
    return "video.publish" if "video.publish" in account.scopes else "user.info.profile"


def _posting_refusal(code: AbilityCode, account: Account) -> Ability | None:
    if why := obstacle(account, "video.publish"):
        return Ability(code, False, why.message, why.fix)
    refusal = account.creator.refusal if account.creator else None
    return _cannot(code, refusal) if refusal else None


def _by_scope(code: AbilityCode, account: Account, scope: str) -> Ability:
    why = obstacle(account, scope)
    return Ability(code, False, why.message, why.fix) if why else Ability(code, True)


def _cannot(code: AbilityCode, refusal: str) -> Ability:
    why = problem(known_code(refusal))
    return Ability(code, False, why.message, why.fix)
