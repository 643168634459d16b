"""The form of an account's drop defaults."""

import re

import pytest

from dropcast.accounts.account_store import get_account, set_drop_defaults
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from tests.unit.support.console import Shown, Visitor, signed_in


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


@pytest.fixture
def path(account: Account) -> str:
    return f"/console/accounts/{account.account_id}"


def defaults_of(account: Account) -> dict[str, object]:
    found = get_account(account.account_id)
    assert found
    return found.drop_defaults


def save(visitor: Visitor, path: str, **filled: str) -> Shown:
    form = visitor.get(path).form(f"{path}/drop-defaults#drops")
    return visitor.post(f"{path}/drop-defaults", form.fields | filled)


def test_the_defaults_are_saved_and_shown(path, account):
    visitor = signed_in()

    answer = save(
        visitor,
        path,
        title="Hello\r\nyou",
        privacy_level="SELF_ONLY",
        allow_comment="1",
        hashtags="one, two",
        mode="draft",
    )
    shown = visitor.get(path, saved="1")

    assert (answer.status, answer.headers["Location"]) == (303, f"{path}?saved=1#drops")
    assert defaults_of(account) == {
        "title": "Hello\nyou",
        "privacy_level": "SELF_ONLY",
        "allow_comment": True,
        "hashtags": ["one", "two"],
        "mode": "draft",
    }
    assert "The defaults are saved." in shown.words()
    fields = shown.form(f"{path}/drop-defaults#drops").fields
    assert (fields["title"], fields["privacy_level"], fields["hashtags"]) == ("Hello\nyou", "SELF_ONLY", "one two")
    assert re.search(r'name="allow_comment" value="1" checked', shown.text)


def test_an_empty_form_sets_no_default(path, account):
    set_drop_defaults(account.account_id, {"title": "Old", "allow_duet": True})
    visitor = signed_in()

    visitor.post(f"{path}/drop-defaults", {"csrf": visitor.csrf()})

    assert defaults_of(account) == {}


def test_a_saved_form_that_is_sent_again_keeps_every_default(path, account):
    stored = {"title": "Hi", "cover_timestamp_ms": 1500, "allow_stitch": True, "via": "pull", "on_too_long": "clamp"}
    set_drop_defaults(account.account_id, stored)
    visitor = signed_in()

    answer = save(visitor, path)

    assert answer.status == 303
    assert defaults_of(account) == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 2201),
        ("description", "x" * 4001),
        ("hashtags", "#a#b"),
        ("privacy_level", "EVERYBODY"),
        ("cover_timestamp_ms", "soon"),
        ("cover_index", "99"),
        ("mode", "later"),
        ("via", "post"),
        ("on_too_long", "shrink"),
    ],
)
def test_wrong_input_is_answered_beside_its_field(path, account, field, value):
    answer = save(signed_in(), path, **{field: value})

    assert answer.status == 422
    assert defaults_of(account) == {}
    parts = answer.text.split('<div class="field">')
    wrong = [part for part in parts if 'class="wrong"' in part]
    assert len(wrong) == 1
    assert f'name="{field}"' in wrong[0]


def test_what_was_typed_stays_beside_the_problem(path):
    answer = save(signed_in(), path, title="Keep me", cover_index="99")

    assert answer.form(f"{path}/drop-defaults#drops").fields["title"] == "Keep me"


def test_branded_content_that_only_the_owner_sees_is_refused_at_its_field(path, account):
    answer = save(signed_in(), path, brand_content="1", privacy_level="SELF_ONLY")

    assert answer.status == 422
    assert 'class="wrong"' in answer.text
    assert defaults_of(account) == {}


@pytest.mark.parametrize("scopes", [("read",), ("read", "draft")])
def test_a_key_that_v1_refuses_saves_no_defaults(path, account, scopes):
    visitor = signed_in(*scopes)

    answer = visitor.post(f"{path}/drop-defaults", {"csrf": visitor.csrf(), "title": "x"})

    assert answer.status == 403
    assert defaults_of(account) == {}


def test_what_was_typed_is_shown_as_text(path):
    answer = save(signed_in(), path, title="</textarea><script>x</script>", cover_index='"><script>x</script>')

    assert "<script>x" not in answer.text
