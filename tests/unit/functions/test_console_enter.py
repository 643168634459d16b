"""Signing in to the console by a one-time link."""

from typing import Any

import pytest

from dropcast import clock, ids
from dropcast.access.key_store import ApiKey
from dropcast.access.keys import revoke_key
from dropcast.access.sessions import current_session
from dropcast.access.sign_in_attempts import SOURCE_LIMIT
from dropcast.access.sign_in_links import LINK_LIVES_S, make_link
from tests.unit.support.accounts import items
from tests.unit.support.console import Shown, Visitor, new_key, signed_in

pytestmark = pytest.mark.usefixtures("cloud")

SESSION = "__Host-dropcast_session"
ENTER, SHOW = "/console/enter", "/console/enter/show"


def secret_for(key: ApiKey) -> str:
    """The secret of a new link for the key."""
    return make_link(key.caller(), ids.new_id("lnk"), clock.now()).url.partition("#")[2]


def show(visitor: Visitor, secret: str, headers: dict[str, str] | None = None) -> Shown:
    """Open the link like the page's script."""
    form = visitor.get(ENTER).form(ENTER)
    return visitor.post(SHOW, form.fields | {"secret": secret}, {"hx-request": "true", **(headers or {})})


def press(visitor: Visitor, secret: str, headers: dict[str, str] | None = None) -> Shown:
    """Open the link and press its button."""
    return visitor.submit(visitor.get(ENTER).form(ENTER), headers, secret=secret)


def key_id_of(visitor: Visitor) -> str:
    session = current_session(visitor.jar[SESSION])
    assert session
    return session.key_id


def test_the_page_of_all_links_holds_no_secret_and_asks_nothing(visitor: Visitor, aws_calls: list[str]):
    shown = visitor.get(ENTER)

    assert shown.status == 200
    assert shown.form(ENTER).fields.keys() == {"token"}
    assert "enter.js" in shown.text
    assert aws_calls == []


@pytest.mark.parametrize(
    ("scopes", "user_id", "words"),
    [
        (("read",), None, "For all users It may see accounts and posts"),
        (("draft",), "42", "For user 42 It may send drafts"),
        (
            ("read", "publish"),
            "用户 <b>",
            "For user 用户 <b> It may see accounts and posts; connect accounts, post and send drafts",
        ),
        (("admin",), None, "For all users It may do everything"),
    ],
)
def test_a_link_names_its_key_before_it_is_spent(
    visitor: Visitor, aws_calls: list[str], scopes: tuple[str, ...], user_id: str | None, words: str
):
    key, _ = new_key(*scopes, user_id=user_id, name="Ana's <laptop>")
    secret = secret_for(key)
    aws_calls.clear()

    shown = show(visitor, secret)

    assert shown.status == 200
    assert f"Key Ana's <laptop> {words}" in shown.words()
    assert "Sign in as Ana's <laptop>" in shown.words()
    assert "<laptop>" not in shown.text
    assert aws_calls == ["UpdateItem", "GetItem", "GetItem"]
    assert SESSION not in visitor.jar


def test_the_button_signs_in_as_the_link_s_key(visitor: Visitor, written: Any):
    key, _ = new_key()
    secret = secret_for(key)
    show(visitor, secret)

    shown = press(visitor, secret)

    assert (shown.status, shown.headers["Location"]) == (303, "/console")
    assert key_id_of(visitor) == key.key_id
    assert "session.started" in written()


def test_a_press_costs_five_calls(visitor: Visitor, aws_calls: list[str]):
    secret = secret_for(new_key()[0])
    aws_calls.clear()

    press(visitor, secret)

    assert aws_calls == ["UpdateItem", "GetItem", "GetItem", "UpdateItem", "PutItem"]


def test_looking_at_a_link_spends_nothing(visitor: Visitor):
    secret = secret_for(new_key()[0])

    looks = [show(visitor, secret).status for _ in range(3)]

    assert looks == [200, 200, 200]
    assert press(visitor, secret).status == 303


def assert_expired(shown: Shown) -> None:
    assert shown.status == 410
    assert "This sign-in link has expired or was already used." in shown.words()


def test_a_link_works_once(visitor: Visitor):
    secret = secret_for(new_key()[0])
    press(visitor, secret)

    other = Visitor()

    assert_expired(press(other, secret))
    assert_expired(show(other, secret))
    assert SESSION not in other.jar


def test_a_link_works_for_five_minutes(visitor: Visitor, held_clock):
    secret = secret_for(new_key()[0])

    held_clock.at += LINK_LIVES_S - 1
    assert show(visitor, secret).status == 200
    held_clock.at += 1
    assert_expired(show(visitor, secret))
    assert_expired(press(visitor, secret))


@pytest.mark.parametrize("secret", ["", "A" * 43, "canary-secret", "é🎬"])
def test_an_unknown_link_is_refused(visitor: Visitor, secret: str):
    assert_expired(show(visitor, secret))
    assert_expired(press(visitor, secret))


def test_a_link_of_a_revoked_key_is_refused(visitor: Visitor):
    key, _ = new_key()
    secret = secret_for(key)
    revoke_key(key.key_id)

    for shown in (show(visitor, secret), press(visitor, secret)):
        assert shown.status == 403
        assert "The API key of this sign-in link was revoked or has expired." in shown.words()
    assert SESSION not in visitor.jar


def test_a_link_of_an_expired_key_is_refused(visitor: Visitor, held_clock):
    secret = secret_for(new_key(expires_in=100)[0])
    held_clock.at += 100

    assert show(visitor, secret).status == 403
    assert press(visitor, secret).status == 403


def test_the_page_says_as_which_key_the_browser_is_signed_in(aws_calls: list[str]):
    visitor = signed_in()
    aws_calls.clear()

    shown = visitor.get(ENTER)

    assert "This browser is signed in with the key Ana's key" in shown.words()
    assert aws_calls == ["GetItem", "GetItem"]


def test_a_link_replaces_the_session_of_another_key():
    visitor = signed_in()
    before = visitor.jar[SESSION]
    key, _ = new_key("read", name="Bea's key")

    press(visitor, secret_for(key))

    assert key_id_of(visitor) == key.key_id
    assert current_session(before) is None


@pytest.mark.parametrize("token", ["", "forged", "é"])
def test_a_press_without_the_browser_s_token_spends_nothing(visitor: Visitor, token: str):
    secret = secret_for(new_key()[0])
    form = visitor.get(ENTER).form(ENTER)

    refused = [visitor.post(path, {"secret": secret, "token": token}) for path in (SHOW, ENTER)]

    assert [shown.status for shown in refused] == [403, 403]
    assert all("form_expired" in shown.text for shown in refused)
    assert visitor.submit(form, secret=secret).status == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_press_the_button(visitor: Visitor, site: str):
    secret = secret_for(new_key()[0])

    assert show(visitor, secret, {"sec-fetch-site": site}).status == 403
    assert press(visitor, secret, {"sec-fetch-site": site}).status == 403
    assert SESSION not in visitor.jar


def test_guesses_are_counted_and_refused(visitor: Visitor, aws_calls: list[str]):
    secret = secret_for(new_key()[0])
    for _ in range(SOURCE_LIMIT):
        press(visitor, "A" * 43)
    aws_calls.clear()

    refused = [show(visitor, secret), press(visitor, secret)]

    assert [shown.status for shown in refused] == [429, 429]
    assert all(int(shown.headers["Retry-After"]) > 0 for shown in refused)
    assert aws_calls == ["UpdateItem", "UpdateItem"]


def test_no_page_row_or_log_holds_the_link_s_or_the_session_s_secret(visitor: Visitor, written: Any):
    secret = secret_for(new_key()[0])

    shown = [visitor.get(ENTER), show(visitor, secret), press(visitor, secret), press(visitor, secret)]

    logged, rows = written(), str(items("console"))
    for hidden in (secret, visitor.jar[SESSION]):
        assert hidden not in logged
        assert hidden not in rows
        assert not any(hidden in page.text or hidden in page.headers.get("Location", "") for page in shown)
