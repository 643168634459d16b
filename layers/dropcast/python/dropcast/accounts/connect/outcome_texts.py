"""The texts of the outcome page: why connecting failed, and why the account cannot post yet. Pure rules.

The catalogue's texts are for callers of the API and for the operator. These texts are for the creator: what happened,
and what the creator can do.
"""

from dataclasses import dataclass

from dropcast.accounts.models import Account
from dropcast.errors.problem import Next, Problem


@dataclass(frozen=True)
class ProblemText:
    """What happened, what the creator can do, and the page's heading.

    `{app}` is the app that asked to connect, and `{back}` is the site from which the creator came.
    """

    what: str
    do: str
    title: str = "Nothing was connected"


_BACK = "go back to {back} and start again."
_AGAIN = f"G{_BACK[1:]}"
_ASK = "Nothing is wrong with your account. Tell {back} about it, with the code below."

_NOT_SET_UP = ProblemText("{app} is not set up correctly at TikTok, so TikTok did not allow the connection.", _ASK)
_FAILED = ProblemText("Something went wrong during the connection.", f"Wait a minute. {_AGAIN}")
_UNKNOWN = ProblemText("TikTok did not allow the connection.", _ASK)

_WORDS = {
    "access_denied": ProblemText("You did not agree on TikTok's page.", f"If you want to connect after all, {_BACK}"),
    "account_taken": ProblemText(
        "Another user of {app} has already connected this TikTok account.",
        (
            "If you are that user too, sign in there as that user, or disconnect the account there first. If you "
            "are not, ask {back}."
        ),
    ),
    "connection_expired": ProblemText(
        "The link was already used, or its ten minutes are over.",
        f"If you connected your account with it, there is nothing left to do. If not, {_BACK}",
        title="This link no longer works",
    ),
    "connection_not_started_here": ProblemText(
        "You must press the button on our page, and your browser must accept the cookie of that page.",
        "Go back, allow cookies for this site, open the link again and press the button.",
        title="The button did not work",
    ),
    "connection_other_browser": ProblemText(
        "You started in another browser, or this browser blocks cookies.",
        f"{_AGAIN} Stay in one browser, with cookies allowed.",
    ),
    "invalid_grant": ProblemText("TikTok's answer arrived too late.", _AGAIN),
    "invalid_request": ProblemText("TikTok sent you back without an answer.", _AGAIN),
    "tiktok_unanswered": ProblemText("TikTok did not answer.", f"Wait a minute. {_AGAIN}"),
    "non_sandbox_target": ProblemText(
        "TikTok lets only chosen test accounts use {app}, and yours is not one of them.",
        "Ask {back} to add your account, or sign in to TikTok with another account.",
    ),
    "business_no_advertiser": ProblemText(
        "You have no advertiser account, but this connection needs one.",
        f"Make one at ads.tiktok.com, which costs nothing. Then {_BACK}",
    ),
    **dict.fromkeys(
        (
            "app_not_set",
            "business_not_set",
            "invalid_client",
            "invalid_scope",
            "oauth_invalid_request",
            "return_to_refused",
            "scope_permission_missed",
            "unauthorized_client",
            "unsupported_grant_type",
            "unsupported_response_type",
        ),
        _NOT_SET_UP,
    ),
}

_CANNOT_POST = {
    "unaudited_client_can_only_post_to_private_accounts": "For now TikTok lets {app} post to private accounts only. "
    "Before the first post, switch your account to private in the TikTok app: Settings and privacy, Privacy, Private "
    "account.",
    "spam_risk_user_banned_from_posting": "TikTok has banned this account from posting. The TikTok app shows "
    "the reason and how to appeal.",
    "spam_risk_too_many_posts": "The account has reached TikTok's limit of posts for today. Further posts wait "
    "until tomorrow.",
    "reached_active_user_cap": "{app} has reached TikTok's limit of accounts for today. Posts have to wait until "
    "tomorrow.",
}
_CANNOT_POST_NOW = "TikTok does not let this account post now. Ask {back} about it."


def problem_text(why: Problem) -> ProblemText:
    """The text for the problem `why`."""
    other = _FAILED if why.next in (Next.RETRY, Next.WAIT) else _UNKNOWN
    return _WORDS.get(why.code, other)


def cannot_post(account: Account, *, audited: bool) -> str | None:
    """Why the connected account cannot post now, and what its owner can do. None if it can post."""
    creator = account.creator
    if creator is None or "video.publish" not in account.scopes:
        return None
    if creator.refusal:
        return _CANNOT_POST.get(creator.refusal, _CANNOT_POST_NOW)
    if not audited and creator.private is False:
        return _CANNOT_POST["unaudited_client_can_only_post_to_private_accounts"]
    return None
