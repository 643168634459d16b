"""/console/keys: the list, a new key whose text is shown once, and revoking."""

import re
from typing import Any

import pytest

from dropcast.access.authentication import authenticate
from dropcast.access.keys import create_key, list_keys, revoke_key
from functions.http.console import keys
from tests.unit.support.accounts import items
from tests.unit.support.console import Shown, Visitor, new_key, signed_in

pytestmark = pytest.mark.usefixtures("cloud")

PAGE = "/console/keys"


@pytest.fixture
def admin() -> Visitor:
    return signed_in("admin")


def own_key_id() -> str:
    [key] = list_keys(100)
    return key.key_id


def make(visitor: Visitor, **filled: str) -> Shown:
    form = visitor.get(PAGE).form(f"{PAGE}#new")
    return visitor.submit(form, None, **({"name": "laptop"} | filled))


def text_in(shown: Shown) -> str:
    [text] = re.findall(r'<code id="secret" class="secret">([^<]+)</code>', shown.text)
    return text


def test_a_key_is_made_and_its_text_is_shown_on_the_answer_alone(admin: Visitor):
    made = make(admin, user_id="user-1", expires_in="86400")
    listed = admin.get(PAGE)

    text = text_in(made)
    key = authenticate(text)
    assert key
    assert made.status == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert "Location" not in made.headers
    assert (key.name, key.scopes, key.user_id) == ("laptop", {"read"}, "user-1")
    assert key.expires_at == key.created_at + 86_400
    assert key.key_id in listed.text
    assert text not in listed.text
    assert text not in str(items("publishes") + items("console"))


def test_the_same_form_makes_no_second_key(admin: Visitor):
    form = admin.get(PAGE).form(f"{PAGE}#new")
    first = admin.submit(form, name="laptop")
    again = admin.submit(form, name="laptop")

    key = authenticate(text_in(first))
    assert key
    assert again.status == 409
    assert f"This form has already made a key: {key.key_id}" in again.words()
    assert 'id="secret"' not in again.text
    assert len(list_keys(100)) == 2
    assert make(admin).status == 201


def test_a_press_that_a_second_one_overtook_leaves_the_form_used(admin: Visitor, monkeypatch: pytest.MonkeyPatch):
    form = admin.get(PAGE).form(f"{PAGE}#new")

    def overtaken(*args: Any, **more: Any) -> Any:
        create_key(*args, **more)
        return create_key(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(keys, "create_key", overtaken)
        assert admin.submit(form, name="laptop").status == 409

    assert admin.submit(form, name="laptop").status == 409
    assert len(list_keys(100)) == 2


def test_the_form_of_the_second_answer_makes_another_key(admin: Visitor):
    form = admin.get(PAGE).form(f"{PAGE}#new")
    admin.submit(form, name="laptop")
    again = admin.submit(form, name="laptop")

    assert admin.submit(again.form(f"{PAGE}#new")).status == 201
    assert len(list_keys(100)) == 3


def test_a_form_that_was_refused_can_be_sent_again(admin: Visitor):
    form = admin.get(PAGE).form(f"{PAGE}#new")

    refused = admin.submit(form, name="laptop", scopes="admin", user_id="user-1")

    assert refused.status == 400
    assert "cannot have the scope admin" in refused.words()
    assert admin.submit(form, name="laptop", scopes="admin").status == 201


def test_the_same_form_with_other_values_makes_no_second_key(admin: Visitor):
    form = admin.get(PAGE).form(f"{PAGE}#new")
    admin.submit(form, name="laptop")

    assert admin.submit(form, name="phone").status == 409
    assert len(list_keys(100)) == 2


@pytest.mark.parametrize("once", ["", "short", "é" * 22, "a b" * 8, "x" * 41])
def test_a_form_without_a_key_of_its_own_makes_nothing(admin: Visitor, once: str):
    assert make(admin, once=once).status == 403
    assert len(list_keys(100)) == 1


@pytest.mark.parametrize(
    ("filled", "words"),
    [
        ({"name": ""}, "String should have at least 1 character"),
        ({"name": "x" * 101}, "String should have at most 100 characters"),
        ({"scopes": "root"}, "Input should be 'read', 'publish', 'draft' or 'admin'"),
        ({"expires_in": "5"}, "Input should be greater than or equal to 60"),
        ({"expires_in": "soon"}, "Input should be a valid integer"),
        ({"user_id": "x" * 257}, "String should have at most 256 characters"),
    ],
)
def test_a_field_is_refused_in_the_words_of_v1_and_what_was_typed_stays(admin: Visitor, filled, words: str):
    shown = make(admin, **filled)

    assert shown.status == 422
    assert f"This field is invalid: {words}" in shown.words()
    assert shown.form(f"{PAGE}#new").fields["name"] == filled.get("name", "laptop")
    assert len(list_keys(100)) == 1


def test_a_key_needs_a_scope(admin: Visitor):
    form = admin.get(PAGE).form(f"{PAGE}#new")
    del form.fields["scopes"]

    assert admin.submit(form, name="laptop").status == 422


def test_the_list_shows_each_key_in_words(admin: Visitor, held_clock):
    new_key("read", "draft", name="shop", user_id="user-7", expires_in=60)
    old, _ = new_key("publish", name="old laptop")
    revoke_key(old.key_id)
    held_clock.at += 60

    words = admin.get(PAGE).words()

    assert "shop" in words
    assert "Send drafts to the inbox of the TikTok app" in words
    assert "user-7" in words
    assert "Expired" in words
    assert "Revoked" in words
    assert "Ana's key (you)" in words


def test_further_keys_are_on_further_pages(admin: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "_KEYS_A_PAGE", 2)
    made = [new_key("read", name=f"key-{number}")[0].key_id for number in range(3)]

    first = admin.get(PAGE)
    [following] = re.findall(r"\?next=(dk_\w+)", first.text)
    second = admin.get(PAGE, next=following)

    assert [one in first.text + second.text for one in made] == [True] * 3
    assert "More keys" in first.words()
    assert admin.get(PAGE, next="no cursor").status == 200
    assert admin.get(PAGE, next="x" * 3000).status == 200


def test_the_question_names_the_key_and_what_ends(admin: Visitor):
    key, _ = new_key("read", name="old laptop")

    asked = admin.get(f"{PAGE}/{key.key_id}/revoke")

    assert "Revoke the key old laptop?" in asked.words()
    assert "Console sessions" in asked.words()
    assert "You are signed in with this key" not in asked.words()
    assert [one.status for one in list_keys(100)] == ["active", "active"]


def test_the_button_revokes_the_key(admin: Visitor):
    key, text = new_key("read", name="old laptop")
    path = f"{PAGE}/{key.key_id}/revoke"

    answer = admin.submit(admin.get(path).form(path))
    after = admin.get(PAGE, revoked=key.key_id)

    assert answer.headers["Location"] == f"{PAGE}?revoked={key.key_id}"
    assert authenticate(text) is None
    assert "The key is revoked. A program that has just used it can use it for up to 60 more seconds." in after.words()
    assert admin.submit(admin.get(path).form(path)).status == 303


def test_a_person_who_revokes_the_own_key_is_warned_and_signed_out(admin: Visitor):
    path = f"{PAGE}/{own_key_id()}/revoke"
    asked = admin.get(path)

    answer = admin.submit(asked.form(path))

    assert "You are signed in with this key." in asked.words()
    assert answer.headers["Location"] == "/console/sign-in"
    assert admin.jar.keys() == {"__Host-dropcast_sign_in"}
    assert [item for item in items("console") if item["pk"].startswith("session#")] == []


@pytest.mark.parametrize("key_id", ["dk_nothing", "dk_" + "0" * 26, "x" * 3000])
def test_a_key_that_does_not_exist_is_not_found(admin: Visitor, key_id: str):
    assert admin.get(f"{PAGE}/{key_id}/revoke").status == 404
    assert admin.post(f"{PAGE}/{key_id}/revoke", {"csrf": admin.csrf()}).status == 404


def test_the_text_of_a_new_key_is_not_logged(admin: Visitor, written):
    text = text_in(make(admin))

    logged = written()

    assert "key.created" in logged
    assert text not in logged


def test_the_pages_make_at_most_five_aws_calls(admin: Visitor, aws_calls: list[str]):
    aws_calls.clear()
    admin.get(PAGE)
    assert aws_calls == ["GetItem", "GetItem", "Query", "BatchGetItem"]

    form = admin.get(PAGE).form(f"{PAGE}#new")
    aws_calls.clear()
    admin.submit(form, name="laptop")
    assert aws_calls == ["GetItem", "GetItem", "PutItem", "PutItem"]
