"""The last page of connecting, for a browser that does not return to the caller.

It says what happened and what to do next.
"""

from collections.abc import Sequence
from html import escape

from dropcast.accounts.connect.outcome_texts import cannot_post, problem_text
from dropcast.accounts.connect.pages import SCOPE_WORDS, Ending, whole_page
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem
from dropcast.settings import settings

_BACK = "Go back to {back}. You can close this page."


def render_outcome_page(outcome: Account | Problem, missing: Sequence[str] = ()) -> str:
    """The page in HTML that says how connecting ended. `missing`: the requested scopes that TikTok did not grant."""
    match outcome:
        case Account(status="unconfirmed"):
            words = [*_names(outcome), "{app} has to confirm it. Go back to {back}."]
            return _ended("Your TikTok account waits to be confirmed", words, outcome.account_id, "waits")
        case Account():
            words = [*_names(outcome), *_cannot(outcome, missing), _BACK]
            return _ended("Your TikTok account is connected", words, outcome.account_id, "done")
        case Problem():
            return render_problem_page(outcome)


def render_connected_page(title: str, connected_id: str) -> str:
    """The page in HTML for a connection that has no name to show."""
    return _ended(title, [_BACK], connected_id, "done")


def render_problem_page(why: Problem) -> str:
    """The page in HTML that says why connecting failed."""
    words = problem_text(why)
    mark = f"{why.code} · TikTok log_id {why.log_id}" if why.log_id else why.code
    # For a link that was used before, this page cannot tell whether its account was connected.
    ending: Ending = "waits" if why.code == "connection_expired" else "failed"
    return _ended(words.title, [words.what, words.do], f"Code: {mark}", ending)


def _names(account: Account) -> list[str]:
    names = [account.nickname or "", f"@{account.username}" if account.username else ""]
    return [_plain(" · ".join(name for name in names if name))] if any(names) else []


def _cannot(account: Account, missing: Sequence[str]) -> list[str]:
    """The requested abilities that do not work now, and what the creator can do about each."""
    words = [f"You did not allow {{app}} to {SCOPE_WORDS.get(scope, _plain(scope))}." for scope in missing]
    if missing:
        words.append("That will not work until you connect again and leave it ticked on TikTok's page.")
    posting = cannot_post(account, audited=settings().app_audit == "audited")
    return [*words, posting] if posting else words


def _plain(text: str) -> str:
    """`text` with its braces escaped, so that str.format keeps them."""
    return text.replace("{", "{{").replace("}", "}}")


def _ended(title: str, words: list[str], mark: str, ending: Ending) -> str:
    app = settings().app_name
    names = {"app": app or "the app", "back": app or "the site or app that sent you here"}
    sentences = [word.format(**names) for word in words]
    body = [f"<p>{escape(sentence[0].upper() + sentence[1:])}</p>" for sentence in sentences]
    return whole_page(title, [*body, f'<p class="soft">{escape(mark)}</p>'], ending)
