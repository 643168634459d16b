"""Every route of the console requires a session. Every route that changes something also requires its CSRF token."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from dropcast.access.keys import revoke_key
from dropcast.access.sessions import SESSION_LIVES_S, current_session
from functions.http.console.routes import ROUTES
from functions.http.console.signed_in import SIGN_IN_PATH
from tests.unit.support.accounts import change_row, items
from tests.unit.support.console import Shown, Visitor, new_key, signed_in

pytestmark = pytest.mark.usefixtures("cloud")

SESSION = "__Host-dropcast_session"
# These routes begin a session.
OPEN = {
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("GET", "/console/enter"),
    ("POST", "/console/enter"),
    ("POST", "/console/enter/show"),
}
ALL = {(route.method, route.path) for route in (*ROUTES.all._static_routes, *ROUTES.all._dynamic_routes)}
GUARDED = sorted((method, path) for method, path in ALL - OPEN if isinstance(path, str) and path.startswith("/console"))
CHANGING = [route for route in GUARDED if route[0] != "GET"]
PAGE = "/console/publishes/pub_1"


def test_the_open_routes_exist_and_sign_out_is_guarded():
    assert OPEN < ALL
    assert ("POST", "/console/sign-out") in CHANGING


def ask(visitor: Visitor, method: str, path: str, headers: dict[str, str] | None = None, body: str = "") -> Shown:
    return visitor.send(method, re.sub(r"<\w+>", "x_1", path), headers or {}, {}, body)


def is_signed_out(shown: Shown) -> bool:
    if shown.status == 401:
        return '"code": "signed_out"' in shown.text
    return shown.status == 303 and shown.headers["Location"].startswith(f"{SIGN_IN_PATH}?next=%2Fconsole")


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_route_asks_a_stranger_to_sign_in_and_reads_nothing(aws_calls: list[str], method: str, path: str):
    shown = ask(Visitor(), method, path)

    assert is_signed_out(shown)
    assert aws_calls == []


@pytest.mark.parametrize("token", ["", "forged", "other's"])
@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_a_route_changes_nothing_without_the_session_s_token(aws_calls: list[str], method: str, path: str, token: str):
    visitor = signed_in("publish", "draft", "read")
    sent = signed_in().csrf() if token == "other's" else token
    aws_calls.clear()

    shown = ask(visitor, method, path, {"x-csrf": sent}, f"csrf={sent}")

    assert shown.status == 403
    assert "form_expired" in shown.text
    assert aws_calls == ["GetItem", "GetItem"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_a_route_changes_nothing_for_another_site(aws_calls: list[str], method: str, path: str, site: str):
    visitor = signed_in("publish", "draft", "read")
    headers = {"x-csrf": visitor.csrf(), "sec-fetch-site": site}
    aws_calls.clear()

    shown = ask(visitor, method, path, headers)

    assert shown.status == 403
    assert "form_expired" in shown.text
    assert aws_calls == ["GetItem", "GetItem"]


def test_the_session_s_token_opens_a_route_as_a_field_and_as_a_header():
    visitor = signed_in()

    by_header = ask(visitor, "POST", "/console/uploads/upl_1/complete", {"x-csrf": visitor.csrf()})
    by_field = ask(visitor, "POST", "/console/uploads/upl_1/complete", body=f"csrf={visitor.csrf()}")

    assert "upload_not_found" in by_header.text
    assert "upload_not_found" in by_field.text


def key_id_of(visitor: Visitor) -> str:
    session = current_session(visitor.jar[SESSION])
    assert session
    return session.key_id


def test_a_revoked_key_ends_its_session_with_the_next_request():
    visitor = signed_in()
    assert visitor.get(PAGE).status == 404

    revoke_key(key_id_of(visitor))

    assert is_signed_out(visitor.get(PAGE))


@pytest.mark.parametrize(("expires_in", "lives_s"), [(None, SESSION_LIVES_S), (600, 600)])
def test_a_session_ends_after_twelve_hours_or_with_its_key(
    visitor: Visitor, held_clock, expires_in: int | None, lives_s: int
):
    visitor.sign_in(new_key(expires_in=expires_in)[1])

    held_clock.at += lives_s - 1
    assert visitor.get(PAGE).status == 404
    held_clock.at += 1
    assert is_signed_out(visitor.get(PAGE))


@pytest.mark.parametrize(
    "forge",
    [
        lambda secret: "",
        lambda secret: "A" * 43,
        lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "E"),
        lambda secret: secret + "A",
        lambda secret: f"session#{secret}",
        lambda secret: "é🎬" * 20,
    ],
    ids=["empty", "guessed", "changed", "longer", "a row's name", "no ASCII"],
)
def test_a_forged_cookie_opens_nothing(forge: Callable[[str], str]):
    secret = signed_in().jar[SESSION]

    assert is_signed_out(Visitor({SESSION: forge(secret)}).get(PAGE))


def test_a_session_s_row_opens_nothing_under_another_key(visitor: Visitor):
    """A person with write access to the table cannot turn a session into a session of another key."""
    admin, _ = new_key("admin")
    visitor.sign_in(new_key("read", user_id="ana")[1])
    [row] = [item["pk"] for item in items("console") if item["pk"].startswith("session#")]

    change_row("console", row, key_id=admin.key_id)

    assert is_signed_out(visitor.get(PAGE))


def test_the_sign_in_leads_back_to_the_page_with_its_query():
    shown = Visitor().get(PAGE, sent="post.1", more="a b")

    leads_to, _, query = shown.headers["Location"].partition("?")
    assert leads_to == SIGN_IN_PATH
    assert parse_qs(query) == {"next": [f"{PAGE}?sent=post.1&more=a+b"]}


def test_a_part_leads_to_a_sign_in_that_returns_to_the_page_around_it():
    headers = {"hx-request": "true", "hx-current-url": f"https://dropcast.example{PAGE}?sent=1"}

    shown = ask(Visitor(), "GET", f"{PAGE}/progress", headers)

    assert shown.status == 200
    assert shown.headers["HX-Redirect"] == f"{SIGN_IN_PATH}?next=%2Fconsole%2Fpublishes%2Fpub_1%3Fsent%3D1"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/console/x", "javascript:alert(1)", ""])
def test_a_part_never_leads_to_another_site(address: str):
    shown = ask(Visitor(), "GET", f"{PAGE}/progress", {"hx-request": "true", "hx-current-url": address})

    assert shown.headers["HX-Redirect"] in (
        f"{SIGN_IN_PATH}?next=%2Fconsole",
        f"{SIGN_IN_PATH}?next=%2Fconsole%2Fx",
    )


def test_an_address_with_an_id_that_no_row_can_have_is_not_found_and_reads_nothing(aws_calls: list[str]):
    visitor = signed_in("admin")
    aws_calls.clear()

    shown = visitor.get(f"/console/publishes/{'x' * 65}")

    assert shown.status == 404
    assert aws_calls == ["GetItem", "GetItem"]


def test_a_key_without_the_scope_is_refused_in_words():
    visitor = signed_in("read")

    shown = ask(visitor, "POST", "/console/accounts/acc_1/post", {"x-csrf": visitor.csrf()})

    assert shown.status == 403
    assert "This API key does not have the scope" in shown.words()
