"""/console/webhooks: endpoints, and their secrets that are shown once."""

import re

import pytest

from dropcast.events.endpoints import endpoint_store, endpoints
from dropcast.events.endpoints.endpoint_secrets import secrets_of
from dropcast.events.endpoints.endpoint_store import Endpoint, all_endpoints
from tests.unit.support.accounts import NOW, items
from tests.unit.support.console import Shown, Visitor, signed_in

pytestmark = pytest.mark.usefixtures("cloud")

PAGE = "/console/webhooks"
URL = "https://hooks.example/in?token=receiver-secret"


@pytest.fixture
def admin() -> Visitor:
    return signed_in("admin")


@pytest.fixture
def endpoint() -> Endpoint:
    made = endpoints.create(URL, ["publish.*"], "shop")
    assert isinstance(made, tuple)
    return made[0]


@pytest.fixture
def path(endpoint: Endpoint) -> str:
    return f"{PAGE}/{endpoint.endpoint_id}"


def make(visitor: Visitor, **filled: str) -> Shown:
    return visitor.submit(visitor.get(PAGE).form(f"{PAGE}#new"), None, **({"url": URL} | filled))


def secret_in(shown: Shown) -> str:
    [text] = re.findall(r'<code id="secret" class="secret">([^<]+)</code>', shown.text)
    return text


def read_again(endpoint: Endpoint) -> Endpoint:
    found = endpoint_store.get_endpoint(endpoint.endpoint_id)
    assert found
    return found


def test_an_endpoint_is_made_and_its_secret_is_on_the_answer_alone(admin: Visitor):
    made = make(admin, events="publish.*", description="shop")
    listed = admin.get(PAGE)

    [stored] = all_endpoints()
    secret = secret_in(made)
    assert made.status == 201
    assert made.headers["Cache-Control"] == "no-store"
    assert [one.get_secret_value() for one in secrets_of(stored)] == [secret]
    assert (stored.url, stored.events, stored.description) == (URL, ("publish.*",), "shop")
    assert "Enabled" in listed.words()
    assert "Events: publish.*" in listed.words()
    assert secret not in listed.text + admin.get(f"{PAGE}/{stored.endpoint_id}").text
    assert secret not in str(items("publishes") + items("hooks"))


def test_the_same_form_makes_no_second_endpoint(admin: Visitor):
    form = admin.get(PAGE).form(f"{PAGE}#new")
    admin.submit(form, url=URL)

    again = admin.submit(form, url=URL)

    assert again.status == 409
    assert "This form has made an endpoint already." in again.words()
    assert 'id="secret"' not in again.text
    assert len(all_endpoints()) == 1


@pytest.mark.parametrize(
    ("filled", "field", "words"),
    [
        ({"url": "http://hooks.example/"}, "url", "is not https"),
        ({"url": ""}, "url", "String should have at least 1 character"),
        ({"url": "https://169.254.169.254/"}, "url", "an address that is not on the public internet"),
        ({"events": "publish.posted"}, "events", "publish.posted"),
        ({"description": "x" * 201}, "description", "String should have at most 200 characters"),
    ],
)
def test_what_makes_no_endpoint_is_refused_beside_its_field(admin: Visitor, filled, field: str, words: str):
    shown = make(admin, **filled)

    assert shown.status in (400, 422)
    [wrong] = re.findall(r'<p class="wrong" role="alert">([^<]*)</p>', shown.text)
    assert words in wrong
    assert shown.form(f"{PAGE}#new").fields["url"] == filled.get("url", URL)
    assert all_endpoints() == []
    assert admin.submit(shown.form(f"{PAGE}#new"), url=URL, events="*", description="").status == 201


def test_an_endpoint_is_edited(admin: Visitor, endpoint: Endpoint, path: str):
    form = admin.get(f"{path}/edit").form(f"{path}/edit")
    assert (form.fields["url"], form.fields["events"], form.fields["description"]) == (URL, "publish.*", "shop")

    answer = admin.submit(form, url="https://other.example/", events="account.connected")
    wrong = admin.submit(form, url="http://other.example/")

    assert answer.headers["Location"] == path
    assert (read_again(endpoint).url, read_again(endpoint).events) == ("https://other.example/", ("account.connected",))
    assert wrong.status == 400
    assert "is not https" in wrong.words()


def test_an_endpoint_is_disabled_and_enabled_again(admin: Visitor, endpoint: Endpoint, path: str):
    admin.submit(admin.get(path).form(f"{path}/status"))
    disabled = admin.get(path)
    refused = admin.submit(disabled.form(f"{path}/test"))
    nonsense = admin.post(f"{path}/status", {"csrf": admin.csrf(), "status": "gone"})
    admin.submit(disabled.form(f"{path}/status"))

    assert "Disabled A person disabled it." in disabled.words()
    assert refused.status == 409
    assert "The webhook endpoint is disabled" in refused.words()
    assert nonsense.status == 403
    assert read_again(endpoint).status == "enabled"


@pytest.mark.parametrize(("why", "words"), [("gone", "It answered 410"), ("failing", "failed for a day")])
def test_an_endpoint_says_why_dropcast_disabled_it(admin: Visitor, endpoint: Endpoint, path: str, why: str, words: str):
    endpoint_store.save_changes(endpoint, {"status": "disabled", "disabled_why": why})

    assert words in admin.get(path).words()
    assert words in admin.get(PAGE).words()


def test_a_failing_endpoint_says_since_when(admin: Visitor, endpoint: Endpoint, path: str):
    endpoint_store.note_failure(endpoint, NOW, NOW + 900)

    words = admin.get(path).words()

    assert "The endpoint has failed 1 time since 15 January 2027, 08:00 UTC" in words
    assert "The next attempt is due 15 January 2027, 08:15 UTC" in words
    assert "Failing since" in admin.get(PAGE).words()


def test_a_new_secret_is_shown_once_and_a_second_press_makes_no_other(
    admin: Visitor, endpoint: Endpoint, path: str, written
):
    form = admin.get(f"{path}/rotate-secret").form(f"{path}/rotate-secret")
    rotated = admin.submit(form)
    again = admin.submit(form)

    stored = read_again(endpoint)
    secret = secret_in(rotated)
    assert stored.secret_version == 2
    assert secrets_of(stored)[0].get_secret_value() == secret
    assert again.headers["Location"] == f"{path}?rotated=1"
    assert "This form was sent before, and the new secret was shown once" in admin.get(path, rotated="1").words()
    logged = written()
    assert "webhook_secret.rotated" in logged
    assert secret not in logged
    assert "receiver-secret" not in logged


def test_an_endpoint_is_deleted_after_a_question(admin: Visitor, path: str):
    asked = admin.get(f"{path}/delete")
    assert len(all_endpoints()) == 1

    answer = admin.submit(asked.form(f"{path}/delete"))

    assert f"Delete {URL}?" in asked.words()
    assert answer.headers["Location"] == PAGE
    assert all_endpoints() == []
    assert admin.get(path).status == 404


@pytest.mark.parametrize("part", ["", "/deliveries", "/edit", "/rotate-secret", "/delete", "/deliveries/evt_1"])
def test_an_endpoint_that_does_not_exist_is_not_found(admin: Visitor, part: str):
    assert admin.get(f"{PAGE}/whe_nothing{part}").status == 404


@pytest.mark.parametrize(
    "part", ["/edit", "/status", "/rotate-secret", "/delete", "/test", "/deliveries/evt_1/redeliver"]
)
def test_nothing_is_done_for_an_endpoint_that_does_not_exist(admin: Visitor, part: str):
    form = {"csrf": admin.csrf(), "once": "x" * 22, "url": URL, "events": "*", "status": "enabled"}

    assert admin.post(f"{PAGE}/whe_nothing{part}", form).status == 404
