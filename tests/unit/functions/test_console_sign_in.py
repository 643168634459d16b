"""Signing in to the console with an API key, and signing out."""

from typing import Any

import pytest

from dropcast.access.keys import revoke_key
from dropcast.access.sessions import SESSION_LIVES_S
from dropcast.access.sign_in_attempts import SOURCE_LIMIT
from dropcast.settings import settings
from functions.http.console.signed_in import SIGN_IN_PATH
from tests.unit.support.accounts import items
from tests.unit.support.console import Shown, Visitor, new_key, signed_in

pytestmark = pytest.mark.usefixtures("cloud")

SESSION = "__Host-dropcast_session"
TOKEN = "__Host-dropcast_sign_in"


def sessions() -> list[str]:
    """The hashes of all sessions that the table holds."""
    return [row["pk"] for row in items("console") if row["pk"].startswith("session#")]


def cookie_line(shown: Shown, name: str) -> set[str]:
    [line] = [line for line in shown.sets if line.startswith(f"{name}=")]
    return set(line.split("; ")[1:])


def test_the_form_asks_for_a_key_that_no_browser_fills_in(visitor: Visitor, aws_calls: list[str]):
    shown = visitor.get(SIGN_IN_PATH)

    assert shown.status == 200
    assert 'type="password" autocomplete="off"' in shown.text
    assert shown.form(SIGN_IN_PATH).fields.keys() == {"token", "next", "key"}
    assert aws_calls == []


def test_a_key_signs_its_owner_in(visitor: Visitor):
    _, text = new_key()

    shown = visitor.sign_in(text)

    assert (shown.status, shown.headers["Location"]) == (303, "/console")
    assert visitor.jar.keys() == {SESSION, TOKEN}
    assert len(sessions()) == 1


def test_blanks_around_a_pasted_key_do_not_matter(visitor: Visitor):
    assert visitor.sign_in(f" {new_key()[1]}\n").status == 303


def test_the_session_s_cookie_is_for_this_host_over_https_and_for_no_script(visitor: Visitor):
    shown = visitor.sign_in(new_key()[1])

    flags = {"Path=/", f"Max-Age={SESSION_LIVES_S}", "HttpOnly", "Secure", "SameSite=Lax"}
    assert cookie_line(shown, SESSION) == flags
    assert cookie_line(visitor.get(SIGN_IN_PATH), TOKEN) == flags - {f"Max-Age={SESSION_LIVES_S}"} | {"Max-Age=3600"}


def test_without_https_the_cookies_have_no_prefix_and_are_not_secure(visitor: Visitor, cloud: pytest.MonkeyPatch):
    cloud.setenv("PUBLIC_URL", "http://127.0.0.1:8080")
    settings.cache_clear()

    shown = visitor.sign_in(new_key()[1])

    assert visitor.jar.keys() == {"dropcast_session", "dropcast_sign_in"}
    assert cookie_line(shown, "dropcast_session") == {
        "Path=/",
        f"Max-Age={SESSION_LIVES_S}",
        "HttpOnly",
        "SameSite=Lax",
    }


def test_the_cookie_ends_with_its_key(visitor: Visitor):
    shown = visitor.sign_in(new_key(expires_in=600)[1])

    assert "Max-Age=600" in cookie_line(shown, SESSION)


def test_a_sign_in_costs_four_calls_at_most(visitor: Visitor, aws_calls: list[str]):
    _, text = new_key()
    visitor.sign_in(text)
    del visitor.jar[SESSION]
    aws_calls.clear()

    visitor.sign_in(text)

    assert aws_calls == ["UpdateItem", "GetItem", "PutItem"]


def wrong_keys() -> dict[str, str]:
    good, other = new_key()[1], new_key()[1]
    revoked, text = new_key()
    revoke_key(revoked.key_id)
    return {
        "empty": "",
        "no key": "canary-password",
        "unknown": "dk_" + 26 * "0" + "_" + 43 * "A",
        "another secret": good[:29] + other[29:],
        "revoked": text,
    }


@pytest.mark.parametrize("kind", ["empty", "no key", "unknown", "another secret", "revoked"])
def test_a_wrong_key_is_refused_in_place(visitor: Visitor, kind: str):
    text = wrong_keys()[kind]

    shown = visitor.sign_in(text, next_page="/console/accounts/acc_1")

    assert shown.status == 401
    assert "This API key is wrong, was revoked or has expired." in shown.words()
    assert "sign_in_key_wrong" in shown.words()
    assert shown.form(SIGN_IN_PATH).fields["key"] == ""
    assert shown.form(SIGN_IN_PATH).fields["next"] == "/console/accounts/acc_1"
    assert sessions() == []
    assert visitor.jar.keys() == {TOKEN}


def test_an_expired_key_is_refused(visitor: Visitor, held_clock):
    _, text = new_key(expires_in=600)
    held_clock.at += 600

    assert visitor.sign_in(text).status == 401


def test_the_form_with_a_problem_works_for_another_attempt(visitor: Visitor):
    refused = visitor.sign_in("dk_wrong")

    assert visitor.submit(refused.form(SIGN_IN_PATH), key=new_key()[1]).status == 303


def test_too_many_attempts_are_refused_before_the_key_is_read(visitor: Visitor, aws_calls: list[str]):
    _, text = new_key()
    for _ in range(SOURCE_LIMIT):
        visitor.sign_in("dk_wrong")
    aws_calls.clear()

    shown = visitor.sign_in(text)

    assert shown.status == 429
    assert int(shown.headers["Retry-After"]) > 0
    assert "There were too many attempts to sign in within a minute." in shown.words()
    assert aws_calls == ["UpdateItem"]
    assert Visitor(ip="192.0.2.2").sign_in(text).status == 303


def forged(visitor: Visitor, headers: dict[str, str] | None = None, **changed: str) -> Shown:
    form = visitor.get(SIGN_IN_PATH).form(SIGN_IN_PATH)
    return visitor.submit(form, headers, key=new_key()[1], **changed)


def assert_refused(shown: Shown) -> None:
    assert shown.status == 403
    assert "form_expired" in shown.words()
    assert sessions() == []


@pytest.mark.parametrize("token", ["", "forged", "é🎬"])
def test_a_form_without_the_browser_s_token_is_refused(visitor: Visitor, token: str):
    assert_refused(forged(visitor, token=token))


def test_a_form_of_another_browser_is_refused(visitor: Visitor):
    other = Visitor().get(SIGN_IN_PATH).form(SIGN_IN_PATH)

    assert_refused(forged(visitor, token=other.fields["token"]))


def test_a_browser_without_cookies_is_refused():
    assert_refused(Visitor().post(SIGN_IN_PATH, {"key": new_key()[1], "token": ""}))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_another_site_sends_is_refused(visitor: Visitor, site: str):
    assert_refused(forged(visitor, {"sec-fetch-site": site}))


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/console/accounts",
        "//evil.example/console/accounts",
        "///evil.example",
        "/\\evil.example",
        "/console/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/console/accounts\r\nSet-Cookie: a=b",
        "/\t/evil.example",
        "/terms",
        "console/accounts",
        "/console/é",
    ],
)
def test_a_sign_in_never_leads_to_another_site(visitor: Visitor, address: str):
    _, text = new_key()

    assert visitor.get(SIGN_IN_PATH, next=address).form(SIGN_IN_PATH).fields["next"] == "/console"
    form = visitor.get(SIGN_IN_PATH).form(SIGN_IN_PATH)
    assert visitor.submit(form, key=text, next=address).headers["Location"] == "/console"


def test_a_sign_in_leads_to_the_page_that_asked_for_it(visitor: Visitor):
    page = "/console/accounts/acc_1/post?kind=photo&mode=draft"

    assert visitor.sign_in(new_key()[1], next_page=page).headers["Location"] == page


def test_a_new_sign_in_replaces_the_browser_s_session(visitor: Visitor):
    visitor.sign_in(new_key()[1])
    [first] = sessions()

    visitor.sign_in(new_key()[1])

    assert len(sessions()) == 1
    assert sessions() != [first]


def test_the_form_says_as_which_key_the_browser_is_signed_in(aws_calls: list[str]):
    visitor = signed_in()
    aws_calls.clear()

    shown = visitor.get(SIGN_IN_PATH)

    assert "This browser is signed in with the key Ana's key" in shown.words()
    assert len(aws_calls) == 2


def test_no_page_and_no_log_holds_the_key_or_the_session_s_secret(visitor: Visitor, written: Any):
    key, text = new_key()

    pages = [visitor.sign_in(text), visitor.get(SIGN_IN_PATH), visitor.sign_in(text[:-1] + "!")]

    secrets = [text, text[:-1], visitor.jar[SESSION]]
    logged = written()
    assert "session.started" in logged
    assert key.key_id in logged
    for secret in secrets:
        assert secret not in logged
        assert not any(secret in shown.text for shown in pages)


SIGN_OUT = "/console/sign-out"


def test_signing_out_ends_the_session(aws_calls: list[str], written: Any):
    visitor = signed_in()
    secret, csrf = visitor.jar[SESSION], visitor.csrf()
    aws_calls.clear()

    shown = visitor.post(SIGN_OUT, {"csrf": csrf})

    assert (shown.status, shown.headers["Location"]) == (303, SIGN_IN_PATH)
    assert SESSION not in visitor.jar
    assert aws_calls == ["GetItem", "GetItem", "DeleteItem"]
    assert sessions() == []
    assert "session.ended" in written()
    asked = Visitor({SESSION: secret}).post(SIGN_OUT, {"csrf": csrf})
    assert asked.headers["Location"].startswith(f"{SIGN_IN_PATH}?next=")


@pytest.mark.parametrize("csrf", ["", "forged", "é"])
def test_another_site_cannot_sign_a_person_out(csrf: str):
    visitor = signed_in()

    shown = visitor.post(SIGN_OUT, {"csrf": csrf})

    assert shown.status == 403
    assert len(sessions()) == 1


def test_a_token_of_another_session_does_not_sign_out():
    visitor, other = signed_in(), signed_in()

    shown = visitor.post(SIGN_OUT, {"csrf": other.csrf()})

    assert shown.status == 403
    assert len(sessions()) == 2


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_post_from_another_site_changes_nothing(site: str):
    visitor = signed_in()

    shown = visitor.post(SIGN_OUT, {"csrf": visitor.csrf()}, {"sec-fetch-site": site})

    assert shown.status == 403
    assert len(sessions()) == 1
