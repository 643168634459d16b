"""What an account can and cannot do now, in plain words. Pure rules (protocol 1.8, 2, 10.1)."""

from dataclasses import dataclass

from dropcast.accounts.models import Account, obstacle
from dropcast.errors import problem


@dataclass(frozen=True)
class Ability:
    """One thing an account can or cannot do; `why` and `fix` where there is something to say of it."""

    what: str
    can: bool
    why: str | None = None
    fix: str | None = None


def abilities(account: Account, *, audited: bool) -> list[Ability]:
    """What `account` can and cannot do while TikTok has (`audited`) or has not audited the app."""
    return [
        _publish(account, audited=audited),
        _publish_for_everyone(account, audited=audited),
        _by_scope("send drafts to the TikTok inbox, to be finished in the TikTok app", account, "video.upload"),
        _by_scope("list its public videos and their figures", account, "video.list"),
        _by_scope("show its @username", account, _username_scope(account)),
    ]


def _publish(account: Account, *, audited: bool) -> Ability:
    what = "publish videos"
    if refusal := _posting_refusal(what, account):
        return refusal
    private = account.creator.private if account.creator else None
    if audited or private:
        why = None if audited else "TikTok has not audited this app: posts are seen by the account's owner alone."
        return Ability(what, True, why)
    if private is None:
        return Ability(what, True, "TikTok has not audited this app; it works only while the account is private.")
    return _cannot(what, "unaudited_client_can_only_post_to_private_accounts")


def _publish_for_everyone(account: Account, *, audited: bool) -> Ability:
    what = "publish videos that everyone sees"
    if refusal := _posting_refusal(what, account):
        return refusal
    if not audited:
        why = "TikTok has not audited this app, so its posts are seen by the account's owner alone."
        fix = "The operator has the app pass TikTok's audit, then sets APP_AUDIT to audited (docs/connect.md)."
        return Ability(what, False, why, fix)
    if account.creator and account.creator.private:
        return Ability(what, False, "The account is private.", "Its owner makes it public in the TikTok app.")
    return Ability(what, True)


def _username_scope(account: Account) -> str:
    """creator_info tells the name to whoever may post."""
    return "video.publish" if "video.publish" in account.scopes else "user.info.profile"


def _posting_refusal(what: str, account: Account) -> Ability | None:
    if why := obstacle(account, "video.publish"):
        return Ability(what, False, why.message, why.fix)
    refusal = account.creator.refusal if account.creator else None
    return _cannot(what, refusal) if refusal else None


def _by_scope(what: str, account: Account, scope: str) -> Ability:
    why = obstacle(account, scope)
    return Ability(what, False, why.message, why.fix) if why else Ability(what, True)


def _cannot(what: str, code: str) -> Ability:
    why = problem(code)
    return Ability(what, False, why.message, why.fix)
