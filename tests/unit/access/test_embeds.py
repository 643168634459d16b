"""Embeds: a page for one user at one site.

Its link works once and for a short time, while the key that made the link is active.
"""

from typing import Any

import pytest

from dropcast import ids
from dropcast.access import embeds
from dropcast.access.embeds import AGAIN_S, EmbedLink, EmbedSession, current_embed, find_embed, make_embed, open_embed
from dropcast.access.key_store import ApiKey
from dropcast.access.keys import create_key, revoke_key
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.settings import settings
from tests.unit.support.accounts import NOW, change_row, items

SITE = "https://app.example"


def key_of(user_id: str | None = None, *scopes: str, expires_in: int | None = None) -> ApiKey:
    made = create_key("Shop", frozenset(scopes or {"publish"}), user_id, expires_in=expires_in)
    assert not isinstance(made, Problem)
    return made[0]


def made(key: ApiKey, **more: Any) -> EmbedLink | Problem:
    asked: Any = {"origin": SITE, "page": "post"} | ({} if "account_id" in more else {"user_id": "ana"}) | more
    return make_embed(key.caller(), ids.new_id("emb"), NOW, **asked)


def link_of(key: ApiKey, **more: Any) -> tuple[str, str]:
    """The embed's id and the secret of its link."""
    link = made(key, **more)
    assert isinstance(link, EmbedLink), link
    address, _, secret = link.url.partition("#")
    assert address == f"https://dropcast.example/embed/{link.embed_id}"
    return link.embed_id, secret


def opened(key: ApiKey, **more: Any) -> tuple[EmbedSession, str]:
    """The session of a page that has just opened its link, and its token."""
    answer = open_embed(*link_of(key, **more))
    assert not isinstance(answer, Problem), answer
    return answer[0], answer[1].get_secret_value()


def code(answer: Any) -> str:
    assert isinstance(answer, Problem), answer
    return answer.code


@pytest.mark.parametrize("scopes", [("publish",), ("publish", "draft", "read"), ("admin",)])
def test_an_embed_acts_for_its_user_and_may_only_publish(cloud, scopes):
    key = key_of(None, *scopes)

    found, token = opened(key)

    assert found.session.caller == Caller(key.key_id, frozenset({"publish"}), "ana")
    assert current_embed(found.embed.embed_id, token) == found


def test_an_embed_for_an_account_is_bound_to_it_and_to_its_user(cloud, tiktok):
    account = save_connection("user-1", tiktok.grant())
    assert not isinstance(account, Problem)

    found, _ = opened(key_of(), account_id=account.account_id)

    assert found.session.caller == Caller(found.session.key_id, frozenset({"publish"}), "user-1", account.account_id)


def test_a_bound_key_makes_embeds_only_for_its_user(cloud, tiktok):
    account = save_connection("user-1", tiktok.grant())
    assert not isinstance(account, Problem)
    bens = key_of("ben")

    assert code(made(bens, user_id="ana")) == "not_found"
    assert code(made(bens, account_id=account.account_id)) == "account_not_found"
    assert opened(bens, user_id=None)[0].embed.user_id == "ben"


@pytest.mark.parametrize("more", [{"user_id": None}, {"user_id": "ana", "account_id": "acc_1"}])
def test_an_embed_is_for_a_user_or_for_an_account(cloud, more):
    assert code(made(key_of(), **more)) == "invalid_request"


@pytest.mark.parametrize("origin", [SITE, "https://APP.example", "https://app.example:443", "http://127.0.0.1:3000"])
def test_an_origin_is_stored_as_browsers_write_it(cloud, origin):
    found, _ = opened(key_of(), origin=origin)

    assert found.embed.origin in (SITE, "http://127.0.0.1:3000")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example/",
        "https://app.example/page",
        "https://app.example.evil.example",
        "https://user@app.example",
        "https://dropcast.example",
        "https://app.example https://evil.example",
        "https://app.example;script-src *",
        "null",
        "*",
        "",
    ],
)
def test_another_origin_is_refused(cloud, origin):
    assert code(made(key_of(), origin=origin)) == "embed_origin_refused"
    assert [row for row in items("console") if row["pk"].startswith("embed#")] == []


@pytest.mark.parametrize(
    "origin",
    ["https://*.example", "https://app.*", "https://münchen.example", "https://a%2eb.example", "https://a'b.example"],
)
def test_an_origin_that_no_browser_writes_is_refused_although_it_is_listed(cloud, origin):
    cloud.setenv("RETURN_TO_ORIGINS", origin)
    settings.cache_clear()

    assert code(made(key_of(), origin=origin)) == "embed_origin_refused"


@pytest.mark.parametrize("origin", ["https://xn--mnchen-3ya.example", "http://[::1]:3000", "https://my_app.example"])
def test_any_origin_that_a_browser_writes_may_be_listed(cloud, origin):
    cloud.setenv("RETURN_TO_ORIGINS", f"https://app.example,{origin}")
    settings.cache_clear()

    assert opened(key_of(), origin=origin)[0].embed.origin == origin


def test_a_link_works_for_a_minute_after_its_first_use(cloud, held_clock):
    link = link_of(key_of())
    first = open_embed(*link)
    held_clock.at += AGAIN_S
    again = open_embed(*link)
    held_clock.at += 1

    assert not isinstance(first, Problem)
    assert again == first
    assert code(open_embed(*link)) == "embed_expired"
    assert current_embed(link[0], first[1].get_secret_value()), "a page that is open stays open"


@pytest.mark.parametrize("expires_in", [60, 600, 3600])
def test_a_link_and_its_page_expire(cloud, held_clock, expires_in):
    key = key_of()
    unopened = link_of(key, expires_in=expires_in)
    found, token = opened(key, expires_in=expires_in)
    assert found.session.expires_at == NOW + expires_in

    held_clock.at += expires_in - 1
    assert current_embed(found.embed.embed_id, token)
    held_clock.at += 1
    assert current_embed(found.embed.embed_id, token) is None
    assert code(open_embed(*unopened)) == "embed_expired"


def test_an_ended_embed_is_stored_for_a_day(cloud, held_clock):
    embed_id, _ = link_of(key_of())
    held_clock.at += 600 + 86_400 - 1
    assert find_embed(embed_id)
    held_clock.at += 1
    assert find_embed(embed_id) is None


def test_an_embed_ends_with_its_key(cloud):
    key = key_of()
    found, token = opened(key)
    unopened = link_of(key)

    revoke_key(key.key_id)

    assert current_embed(found.embed.embed_id, token) is None
    assert code(open_embed(*unopened)) == "embed_expired"
    assert code(made(key)) == "not_found"


def test_an_embed_ends_if_its_site_is_no_longer_listed(cloud):
    found, token = opened(key_of())
    unopened = link_of(key_of())

    cloud.setenv("RETURN_TO_ORIGINS", "https://other.example")
    settings.cache_clear()

    assert current_embed(found.embed.embed_id, token) is None
    assert code(open_embed(*unopened)) == "embed_expired"
    assert find_embed(unopened[0]) is None, "its site may not frame even the page without data"


def test_an_embed_does_not_outlive_its_key(cloud):
    found, _ = opened(key_of(expires_in=90))

    assert found.session.expires_at == NOW + 90


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": "ben"},
        {"account_id": "acc_2"},
        {"origin": "https://evil.example"},
        {"page": "connect"},
        {"ends_at": NOW + 9_999},
        {"seal": b"x"},
    ],
)
def test_a_changed_row_is_refused(cloud, change):
    found, token = opened(key_of())
    embed_id, secret = link_of(key_of())

    for one in (found.embed.embed_id, embed_id):
        change_row("console", f"embed#{one}", **change)

    assert current_embed(found.embed.embed_id, token) is None
    assert code(open_embed(embed_id, secret)) == "embed_expired"


@pytest.mark.parametrize("change", [{"user_id": "ben"}, {"scopes": ["admin"]}, {"scopes": ["read"]}])
def test_a_changed_key_is_refused(cloud, change):
    key = key_of()
    found, token = opened(key)

    change_row("keys", f"key#{key.key_id}", **change)

    assert current_embed(found.embed.embed_id, token) is None


def test_an_embeds_row_is_refused_under_another_key(cloud):
    found, token = opened(key_of())

    change_row("console", f"embed#{found.embed.embed_id}", key_id=key_of(None, "admin").key_id)

    assert current_embed(found.embed.embed_id, token) is None


def test_secrets_and_tokens_are_for_one_embed_and_one_use(cloud, aws_calls):
    key = key_of()
    (one, secret), (found, token) = link_of(key), opened(key)
    aws_calls.clear()

    assert code(open_embed(one, token)) == "embed_expired"
    assert code(open_embed(found.embed.embed_id, secret)) == "embed_expired"
    assert current_embed(one, token) is None
    assert current_embed(one, secret) is None
    assert current_embed("emb_1", "é🎬") is None
    assert aws_calls == [], "a wrong secret costs no call"


def test_an_embeds_row_and_text_contain_no_secret(cloud):
    link = made(key_of())
    assert isinstance(link, EmbedLink)
    secret = link.url.partition("#")[2]
    answer = open_embed(link.embed_id, secret)
    assert not isinstance(answer, Problem)

    texts = repr((items("console"), link, answer))
    assert secret not in texts
    assert answer[1].get_secret_value() not in texts


def test_a_page_costs_two_reads_and_its_first_opening_one_write(cloud, aws_calls):
    link = link_of(key_of())
    aws_calls.clear()
    answer = open_embed(*link)
    assert not isinstance(answer, Problem)
    assert aws_calls == ["GetItem", "GetItem", "UpdateItem"]
    aws_calls.clear()

    embeds.current_embed(link[0], answer[1].get_secret_value())

    assert aws_calls == ["GetItem", "GetItem"]
