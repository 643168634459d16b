"""Browsers that go to one of TikTok's consent pages and return, by calls of the library's functions."""

from urllib.parse import parse_qs, urlsplit

from dropcast.accounts.business import connect_business
from dropcast.accounts.business.connect_business import begin_business
from dropcast.accounts.business.models import BusinessConnection, BusinessKind
from dropcast.accounts.connect import connect_account
from dropcast.accounts.connect.begin_consent import ConnectLink, RedirectToTikTok
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.connect.finish_consent import ConnectResult
from dropcast.accounts.connect.finish_in_other_browser import OtherBrowserOffer
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem
from tests.unit.support import business

RETURN_TO = "https://app.example/done"
CODE = "canary-code*A1!4608.va"


class AccountBrowser:
    """A browser with separate cookies that goes to TikTok and returns."""

    def __init__(self, user_id: str = "user-1", return_to: str | None = RETURN_TO) -> None:
        connection = begin_connection(user_id, return_to)
        assert isinstance(connection, ConnectLink)
        self.link_id = connection.connect_url.split("?c=")[1]
        target = connect_account.redirect(self.link_id)
        assert isinstance(target, RedirectToTikTok)
        self.sent = {name: values[0] for name, values in parse_qs(urlsplit(target.authorize_url).query).items()}
        self.cookies = {target.cookie_name: target.cookie_value}

    def back(self, **query: str) -> ConnectResult[Account]:
        result = connect_account.callback({"state": self.sent["state"]} | (query or {"code": CODE}), self.cookies)
        assert not isinstance(result, OtherBrowserOffer)
        return result


class BusinessBrowser:
    """A browser with separate cookies that goes to TikTok API for Business and returns."""

    def __init__(
        self,
        kind: BusinessKind = "account",
        user_id: str = "user-1",
        return_to: str | None = RETURN_TO,
        account_id: str | None = None,
    ) -> None:
        connection = begin_business(kind, user_id, return_to, account_id=account_id)
        assert isinstance(connection, ConnectLink), connection
        self.link_id = connection.connect_url.split("?c=")[1]
        target = connect_business.redirect(self.link_id)
        assert isinstance(target, RedirectToTikTok)
        self.page = urlsplit(target.authorize_url)
        self.sent = {name: values[0] for name, values in parse_qs(self.page.query).items()}
        self.cookies = {target.cookie_name: target.cookie_value}

    def back(self, **query: str) -> ConnectResult[BusinessConnection]:
        more = query or {"auth_code": business.CODE}
        return connect_business.callback({"state": self.sent["state"]} | more, self.cookies)


def connected(browser: BusinessBrowser, **query: str) -> BusinessConnection:
    outcome = browser.back(**query).outcome
    assert isinstance(outcome, BusinessConnection), outcome
    return outcome


def answer(result: ConnectResult[Account]) -> dict[str, str]:
    """The parameters at return_to."""
    assert result.location is not None
    assert result.location.startswith(RETURN_TO + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(result.location).query).items()}


def code(outcome: object) -> str:
    assert isinstance(outcome, Problem), outcome
    return outcome.code
