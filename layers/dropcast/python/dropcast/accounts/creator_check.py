"""Looking at the creator behind an account: who it is, whether it is private, whether it may post (protocol 2, 8)."""

from aws_lambda_powertools import Logger
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import app
from dropcast.accounts.account_store import describe_account
from dropcast.accounts.asking import ask
from dropcast.accounts.creator_look import Asking, look_at_creator
from dropcast.accounts.models import Account, CreatorCheck, Profile, Stats, inactivity
from dropcast.errors import Problem
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.display import user_info
from dropcast.tiktok.models import CreatorInfo, UserInfo
from dropcast.tiktok.problems import to_problem

_GOOD_FOR_S = 600
_ANSWER_WITHIN_S = 5

# What TikTok says here of the creator, and not of our asking.
_SAID_OF_CREATOR = {"spam_risk_too_many_posts", "spam_risk_user_banned_from_posting", "reached_active_user_cap"}

_Answer = UserInfo | CreatorInfo | Refused | Unanswered | Problem | None
_logger = Logger(child=True)


def check_creator(account: Account, access_token: SecretStr) -> Account | None:
    """The account with what TikTok tells of its creator just now, as far as its scopes let it tell. It is stored.

    What TikTok does not answer stays as it was known.
    """
    return _checked(account, lambda call: call(access_token))


def checked_lately(account: Account) -> Account | None:
    """The account after a look at its creator at most ten minutes ago, if it is active and TikTok answers."""
    if inactivity(account) or (account.creator and clock.now() - account.creator.at < _GOOD_FOR_S):
        return account
    return _checked(account, lambda call: ask(account.account_id, call, to_look=True))


def note_creator_info(account: Account, answer: CreatorInfo | Refused) -> None:
    """Store what a fresh creator_info says of the account."""
    _store(account, None, answer)


def _checked(account: Account, asking: Asking) -> Account | None:
    tiktok = app.tiktok_within(_ANSWER_WITHIN_S)
    who: _Answer = None
    posting: _Answer = None
    if any(scope.startswith("user.info.") for scope in account.scopes):
        who = asking(lambda token: user_info(tiktok, token, account.scopes))
    # Without a token there is none for a second question either, and looking for one may have taken long.
    if "video.publish" in account.scopes and not isinstance(who, Problem):
        posting = look_at_creator(tiktok, account, asking)
    for answer in (who, posting):
        if isinstance(answer, Refused | Unanswered) and not _of_creator(answer):
            _logger.warning("no look at the creator", account_id=account.account_id, code=to_problem(answer).code)
    return _store(account, who, posting)


def _store(account: Account, who: _Answer, posting: _Answer) -> Account | None:
    user = who if isinstance(who, UserInfo) else None
    creator = posting if isinstance(posting, CreatorInfo) else None
    return describe_account(
        account.account_id,
        username=(user and user.username) or (creator and creator.username),
        nickname=(user and user.display_name) or (creator and creator.nickname),
        avatar_url=(user and user.avatar_url) or (creator and creator.avatar_url),
        creator=_check(account, who, posting),
        profile=_profile(user) if user and "user.info.profile" in account.scopes else None,
        stats=_stats(user) if user and "user.info.stats" in account.scopes else None,
    )


def _profile(user: UserInfo) -> Profile:
    return Profile(user.bio_description, user.profile_deep_link, user.is_verified)


def _stats(user: UserInfo) -> Stats:
    return Stats(user.follower_count, user.following_count, user.likes_count, user.video_count)


def _check(account: Account, who: _Answer, posting: _Answer) -> CreatorCheck | None:
    """None where TikTok told nothing: what was known before is still the best there is."""
    private = account.creator.private if account.creator else None
    match posting:
        case CreatorInfo():
            return CreatorCheck(clock.now(), private=posting.private)
        case Refused() if _of_creator(posting):
            return CreatorCheck(clock.now(), private=private, refusal=posting.code)
        case None if isinstance(who, UserInfo):
            return CreatorCheck(clock.now())
        case _:
            return None


def _of_creator(answer: Refused | Unanswered) -> bool:
    return isinstance(answer, Refused) and answer.code in _SAID_OF_CREATOR
