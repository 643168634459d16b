"""The headers of all console answers, and the page after a failed request."""

from typing import Any

import pytest
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.shared.cookies import Cookie
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from jinja2 import DictLoader, UndefinedError

from dropcast.aws.clients import ContendedError
from dropcast.settings import settings
from functions.http.console import public_pages
from functions.http.console.answers import page, partial, redirect
from functions.http.console.templates import environment, shown_bytes, shown_time
from tests.unit.support.accounts import BUCKET
from tests.unit.support.console import Visitor

pytestmark = pytest.mark.usefixtures("cloud")


def policy(headers: dict[str, Any]) -> dict[str, list[str]]:
    """The Content-Security-Policy by directive."""
    parts = (part.split(" ") for part in headers["Content-Security-Policy"].split("; "))
    return {name: values for name, *values in parts}


def test_a_page_loads_only_its_own_files_and_no_page_frames_it(visitor: Visitor):
    headers = visitor.get("/").headers

    found = policy(headers)
    [own, nonce] = found.pop("script-src")
    assert own == "'self'"
    assert nonce.startswith("'nonce-")
    assert found == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": [
            "'self'",
            "blob:",
            "https://*.tiktokcdn.com",
            "https://*.tiktokcdn-us.com",
            "https://*.tiktokcdn-eu.com",
        ],
        "media-src": ["'self'", "blob:"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "trusted-types": ["htmx"],
        "require-trusted-types-for": ["'script'"],
    }
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_each_answer_has_a_nonce_of_its_own(visitor: Visitor):
    first, second = (policy(visitor.get("/").headers)["script-src"] for _ in range(2))

    assert first != second


def test_a_page_that_uploads_may_also_reach_the_bucket(aws_calls: list[Any]):
    before = len(aws_calls)

    found = policy(page("landing.html", bucket=True).headers)

    origin = f"https://{BUCKET}.s3.eu-west-1.amazonaws.com"
    assert all(origin in found[name] for name in ("connect-src", "img-src", "media-src"))
    assert len(aws_calls) == before


def test_the_chosen_origins_of_pictures_are_in_the_policy(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TIKTOK_IMAGE_ORIGINS", "http://127.0.0.1:9400, https://img.example.com")
    settings.cache_clear()

    images = policy(visitor.get("/").headers)["img-src"]

    assert images == ["'self'", "blob:", "http://127.0.0.1:9400", "https://img.example.com"]


def test_an_unknown_address_is_a_page_that_leads_on(visitor: Visitor):
    shown = visitor.get("/console/nothing-here")

    assert shown.status == 404
    assert "There is no such page" in shown.words()
    assert 'href="/console"' in shown.text


def test_an_unknown_method_is_no_page(visitor: Visitor):
    assert visitor.post("/terms", {}).status == 404


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(public_pages, "public_url", fail)


def test_an_unexpected_failure_shows_the_request_s_id_and_nothing_of_the_failure(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, written
):
    failing(monkeypatch, RuntimeError("the canary-secret of the request"))

    shown = visitor.get("/terms")

    assert shown.status == 500
    assert "This did not work" in shown.words()
    assert "request-1" in shown.words()
    assert "canary" not in shown.text
    logged = written()
    assert "page.failed" in logged
    assert "RuntimeError" in logged
    assert "canary" not in logged


def test_a_page_says_when_to_come_back_if_aws_refuses(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    failing(monkeypatch, ContendedError("TransactionConflict"))

    shown = visitor.get("/terms")

    assert shown.status == 503
    assert shown.headers["Retry-After"] == "1"
    assert "too many requests at once" in shown.words()


def current_request(monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    monkeypatch.setattr(BaseRouter, "current_event", APIGatewayProxyEventV2({"headers": headers}), raising=False)


def test_a_browser_is_redirected_by_its_own_rules(monkeypatch: pytest.MonkeyPatch):
    current_request(monkeypatch, {})

    answer = redirect("/console", Cookie("seen", "yes"))

    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    assert [cookie.name for cookie in answer.cookies] == ["seen"]


def test_htmx_is_told_to_load_the_new_page_whole(monkeypatch: pytest.MonkeyPatch):
    current_request(monkeypatch, {"hx-request": "true"})

    answer = redirect("/console")

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/console")
    assert "Location" not in answer.headers


@pytest.fixture
def one_template(monkeypatch: pytest.MonkeyPatch) -> str:
    source = "<table>{% block row %}<td>{{ name }}</td>{% endblock %}</table>"
    monkeypatch.setattr(environment, "loader", DictLoader({"names.html": source}))
    return "names.html"


def test_a_part_is_one_block_of_a_page(one_template: str):
    answer = partial(one_template, "row", 422, name="<Ana>")

    assert (answer.status_code, answer.body) == (422, "<td>&lt;Ana&gt;</td>")


def test_a_value_that_a_route_forgot_is_an_error_and_no_blank(one_template: str):
    with pytest.raises(UndefinedError, match="'name' is undefined"):
        page(one_template)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KB"), (70_000_001, "70.0 MB"), (4_000_000_000, "4.0 GB")],
)
def test_sizes_are_shown_in_the_unit_that_fits(size: int, words: str):
    assert shown_bytes(size) == words


def test_a_time_is_shown_in_utc_and_told_to_the_page_s_script():
    assert shown_time(1_800_000_000) == ('<time datetime="2027-01-15T08:00:00Z">15 January 2027, 08:00 UTC</time>')
