from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from dropcast.tiktok.business import oauth
from dropcast.tiktok.business.client import Business
from dropcast.tiktok.client import Refused, Unanswered
from tests.unit.support.answers import answering, failing

APP = oauth.BusinessApp("7000", SecretStr("canary-secret"))
HOLDER = {
    "access_token": "act.x",
    "refresh_token": "rft.y",
    "expires_in": 86400,
    "refresh_token_expires_in": 31536000,
    "open_id": "biz-open-1",
    "scope": "comment.list,comment.list.manage",
}
PORTAL = "https://www.tiktok.com/v2/auth/authorize?client_key=7000&scope=comment.list%2Cx&response_type=code"


def business(asked):
    return Business("https://business-api.tiktok.com", asked.tiktok.http)


def saying(data):
    return answering(json={"code": 0, "message": "OK", "request_id": "r1", "data": data})


def exchange_holder(asked):
    return oauth.exchange_holder(business(asked), APP, auth_code="a*1!", redirect_uri="https://us.example/cb/")


def test_the_advertisers_consent_page_has_this_portals_parameters():
    url = oauth.advertiser_authorize_url(
        "https://business-api.tiktok.com/portal/auth", app_id="7000", redirect_uri="https://us.example/cb/", state="s&t"
    )

    assert url.startswith("https://business-api.tiktok.com/portal/auth?")
    assert parse_qs(urlsplit(url).query) == {
        "app_id": ["7000"],
        "redirect_uri": ["https://us.example/cb/"],
        "state": ["s&t"],
    }


@pytest.mark.parametrize("shown", [PORTAL, f"{PORTAL}&state=theirs"])
def test_the_portals_address_gets_our_state_and_keeps_its_parameters(shown):
    url = oauth.holder_authorize_url(shown, state="ours")

    assert parse_qs(urlsplit(url).query) == {
        "client_key": ["7000"],
        "scope": ["comment.list,x"],
        "response_type": ["code"],
        "state": ["ours"],
    }


def test_the_portals_address_shows_the_redirect_uri():
    assert (
        oauth.holder_redirect_uri(f"{PORTAL}&redirect_uri=https%3A%2F%2Fus.example%2Fcb%2F") == "https://us.example/cb/"
    )
    assert oauth.holder_redirect_uri(PORTAL) is None


def test_an_advertisers_code_is_exchanged_by_app_id_and_secret():
    asked = saying({"access_token": "b" * 40, "advertiser_ids": [7100000000000000123, "7200"], "scope": [4, 5]})

    grant = oauth.exchange_advertiser(business(asked), APP, auth_code="once")

    assert isinstance(grant, oauth.AdvertiserGrant)
    assert grant.advertiser_ids == ("7100000000000000123", "7200")
    assert grant.access_token.get_secret_value() == "b" * 40
    assert asked.only.url.path == "/open_api/v1.3/oauth2/access_token/"
    assert asked.body == {"app_id": "7000", "secret": "canary-secret", "auth_code": "once"}


def test_a_holders_code_is_exchanged_by_client_id_and_client_secret():
    asked = saying(HOLDER)

    grant = exchange_holder(asked)

    assert isinstance(grant, oauth.HolderGrant)
    assert (grant.expires_in, grant.refresh_expires_in, grant.open_id) == (86400, 31536000, "biz-open-1")
    assert grant.scopes == frozenset({"comment.list", "comment.list.manage"})
    assert asked.only.url.path == "/open_api/v1.3/tt_user/oauth2/token/"
    assert asked.body == {
        "client_id": "7000",
        "client_secret": "canary-secret",
        "grant_type": "authorization_code",
        "auth_code": "a*1!",
        "redirect_uri": "https://us.example/cb/",
    }


@pytest.mark.parametrize("missing", ["access_token", "refresh_token", "expires_in", "open_id"])
def test_an_incomplete_grant_is_malformed(missing):
    answer = exchange_holder(saying({**HOLDER, missing: None}))

    assert answer == Unanswered("malformed", True, 200, "r1")


def test_a_used_code_is_refused_on_http_200():
    answer = exchange_holder(answering(json={"code": 40131, "message": "auth_code expired", "request_id": "r2"}))

    assert answer == Refused("40131", "auth_code expired", "r2", 200)


def test_a_refresh_may_return_a_new_refresh_token():
    asked = saying(HOLDER)

    renewal = oauth.refresh_holder(business(asked), APP, SecretStr("rft.old"))

    assert isinstance(renewal, oauth.HolderRenewal)
    assert renewal.refresh_token == SecretStr("rft.y")
    assert asked.only.url.path == "/open_api/v1.3/tt_user/oauth2/refresh_token/"
    assert asked.body["refresh_token"] == "rft.old"
    assert asked.body["grant_type"] == "refresh_token"


def test_a_refresh_may_return_only_an_access_token():
    renewal = oauth.refresh_holder(business(saying({"access_token": "act.2", "expires_in": 60})), APP, SecretStr("r"))

    assert isinstance(renewal, oauth.HolderRenewal)
    assert (renewal.refresh_token, renewal.refresh_expires_in, renewal.open_id, renewal.scopes) == (None,) * 4


def test_a_grant_is_revoked_by_its_access_token():
    asked = saying({})

    answer = oauth.revoke_holder(business(asked), APP, SecretStr("act.x"))

    assert answer is None
    assert asked.only.url.path == "/open_api/v1.3/tt_user/oauth2/revoke/"
    assert asked.body == {"client_id": "7000", "client_secret": "canary-secret", "access_token": "act.x"}


def test_a_lost_answer_to_a_revocation_is_reported():
    answer = oauth.revoke_holder(business(failing(httpx.ReadTimeout("slow"))), APP, SecretStr("act.x"))

    assert answer == Unanswered("timeout", True, None, None)


@pytest.mark.parametrize("grant", [saying(HOLDER)])
def test_the_repr_of_a_grant_contains_no_token(grant):
    shown = repr(exchange_holder(grant)) + repr(APP)

    assert "act.x" not in shown
    assert "rft.y" not in shown
    assert "canary-secret" not in shown
