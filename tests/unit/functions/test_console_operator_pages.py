"""For a key that is bound to a user, pages of the whole deployment do not exist and are not in the menu."""

import re

import pytest

from dropcast.access.keys import find_key
from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.endpoint_store import get_endpoint
from functions.http.console.routes import ROUTES
from tests.unit.support.console import new_key, signed_in

pytestmark = pytest.mark.usefixtures("cloud")

ALL = {(route.method, str(route.path)) for route in (*ROUTES.all._static_routes, *ROUTES.all._dynamic_routes)}
ROUTES = sorted(one for one in ALL if one[1].startswith(("/console/keys", "/console/webhooks")))


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_does_not_exist_for_a_bound_key_and_changes_nothing(method: str, path: str, aws_calls: list[str]):
    key, _ = new_key("read")
    made = endpoints.create("https://hooks.example/canary", ["*"], "")
    assert isinstance(made, tuple)
    endpoint_id = made[0].endpoint_id
    bound = signed_in("read", "publish", "draft", user_id="user-1")
    real = path.replace("<key_id>", key.key_id).replace("<endpoint_id>", endpoint_id).replace("<event_id>", "evt_1")
    csrf = bound.csrf()
    aws_calls.clear()

    shown = bound.send(method, real, {"x-csrf": csrf}, {}, f"csrf={csrf}&once={'x' * 22}")

    assert shown.status == 404
    assert "There is no page with this id." in shown.words()
    assert aws_calls == ["GetItem", "GetItem"]
    assert find_key(key.key_id) == key
    assert get_endpoint(endpoint_id) == made[0]


def test_the_routes_are_found():
    assert len(ROUTES) >= 19


@pytest.mark.parametrize(
    ("scopes", "user_id", "words"),
    [
        (("admin",), None, ["Keys", "Webhooks", "Health"]),
        (("read",), None, ["Webhooks", "Health"]),
        (("read",), "user-1", ["Health"]),
        (("draft",), None, []),
    ],
)
def test_the_menu_offers_what_the_key_may_open(scopes: tuple[str, ...], user_id: str | None, words: list[str]):
    menu = signed_in(*scopes, user_id=user_id).get("/console/health").text.partition('aria-label="Main"')[2]

    shown = re.findall(r">(Keys|Webhooks|Health)</a>", menu)

    assert shown == words
