"""The page of each error code. These tests have no AWS, so a page that reads a table would fail."""

from collections.abc import Iterator
from html import unescape

import pytest

from dropcast.errors.problem import CATALOGUE
from dropcast.settings import settings
from functions.http.api.answers import doc_url
from tests.unit.support.console import Visitor


@pytest.fixture(autouse=True)
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUBLIC_URL", "https://post.example.com/")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_address_of_an_error_leads_to_its_meaning_and_its_fix(visitor: Visitor, code: str):
    path = doc_url(code).removeprefix("https://post.example.com")

    shown = visitor.get(path)

    assert (path, shown.status) == (f"/errors/{code}", 200)
    assert CATALOGUE[code].message in unescape(shown.text)
    assert CATALOGUE[code].fix in unescape(shown.text)
    assert f"status {CATALOGUE[code].status}," in shown.words()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("busy", "Does a retry help? Yes. The same request can succeed a little later."),
        ("rate_limit_exceeded", "Does a retry help? Yes, but only after a wait."),
        ("invalid_grant", "Does a retry help? Only after the account has been connected again."),
        ("invalid_publish_id", "Does a retry help? Not yet. TikTok may already have posted."),
        ("invalid_request", "Does a retry help? No."),
    ],
)
def test_the_page_says_whether_a_retry_helps(visitor: Visitor, code: str, words: str):
    assert words in visitor.get(f"/errors/{code}").words()


def test_the_page_has_no_script_and_the_policy_of_the_other_pages(visitor: Visitor):
    shown = visitor.get("/errors/busy")

    assert "<script" not in shown.text
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self' 'nonce-")
    assert shown.sets == []


@pytest.mark.parametrize("code", ["no_such_code", "<script>", "%3Cscript%3E", "BUSY"])
def test_an_unknown_code_is_a_page_too_and_is_not_repeated(visitor: Visitor, code: str):
    shown = visitor.get(f"/errors/{code}")

    assert shown.status == 404
    assert "There is no such" in shown.words()
    assert "<script" not in shown.text
    assert code not in shown.words()
