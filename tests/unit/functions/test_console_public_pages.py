"""The pages that everyone may read."""

import pytest

from dropcast.settings import settings
from tests.unit.support.console import Visitor

FILE = "tiktokAbC123.txt"
LINE = "tiktok-developers-site-verification=Zx9_y-8"


@pytest.fixture(autouse=True)
def deployment(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(monkeypatch)


def deploy(monkeypatch: pytest.MonkeyPatch, **chosen: str) -> None:
    """The settings of the function."""
    for name, value in {"PUBLIC_URL": "https://post.example.com", **chosen}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()


@pytest.fixture(autouse=True)
def _forget_settings():
    yield
    settings.cache_clear()


@pytest.mark.parametrize("path", ["/", "/terms", "/privacy"])
def test_everyone_may_read_a_public_page(visitor: Visitor, path: str):
    shown = visitor.get(path)

    assert shown.status == 200
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "post.example.com" in shown.words()
    assert "<script" not in shown.text
    assert shown.sets == []


def test_the_app_s_name_heads_every_page(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    deploy(monkeypatch, APP_NAME="Ana's <studio>")

    shown = visitor.get("/")

    assert "<title>Post to TikTok · Ana&#39;s &lt;studio&gt;</title>" in shown.text
    assert "<studio>" not in shown.text


@pytest.mark.parametrize("path", ["/terms", "/privacy"])
def test_terms_and_privacy_policy_name_the_operator(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, path: str):
    deploy(
        monkeypatch,
        OPERATOR_NAME="Ana & Co",
        OPERATOR_EMAIL="hello@example.com",
        OPERATOR_ADDRESS="1 Sea Road, Lisbon",
    )

    shown = visitor.get(path)

    assert "Ana &amp; Co" in shown.text
    assert 'href="mailto:hello@example.com"' in shown.text
    assert "1 Sea Road, Lisbon" in shown.text
    assert "has not published" not in shown.text


@pytest.mark.parametrize("path", ["/terms", "/privacy"])
def test_a_page_says_what_the_operator_has_not_published(visitor: Visitor, path: str):
    words = visitor.get(path).words()

    assert "The operator has not published a name." in words
    assert "The operator has not published a postal address." in words
    assert "The operator has not published an email address" in words


def test_the_terms_name_the_law_that_applies(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    assert "The operator has not named a place of jurisdiction." in visitor.get("/terms").words()

    deploy(monkeypatch, OPERATOR_LAW="Portugal")

    assert "The law of Portugal applies" in visitor.get("/terms").words()


def test_tiktok_finds_its_verification_file(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    deploy(monkeypatch, TIKTOK_VERIFICATION_FILE=f"{FILE}={LINE}")

    shown = visitor.get(f"/{FILE}")

    assert (shown.status, shown.text) == (200, LINE)
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/tiktokOther.txt", "/tiktokAbC123.txt.html", "/robots.txt", "/favicon.ico"])
def test_no_other_file_is_served_at_the_root(visitor: Visitor, monkeypatch: pytest.MonkeyPatch, path: str):
    deploy(monkeypatch, TIKTOK_VERIFICATION_FILE=f"{FILE}={LINE}")

    shown = visitor.get(path)

    assert shown.status == 404
    assert "There is no such page" in shown.words()


def test_without_a_verification_file_its_address_is_no_page(visitor: Visitor):
    assert visitor.get(f"/{FILE}").status == 404


@pytest.mark.parametrize(
    "value",
    [
        "tiktok.txt=tiktok-developers-site-verification=abc",
        "other.txt=tiktok-developers-site-verification=abc",
        "tiktokabc.html=tiktok-developers-site-verification=abc",
        "tiktokabc.txt=<script>",
        "tiktokabc.txt=tiktok-developers-site-verification=abc\ndef",
        "../tiktokabc.txt=tiktok-developers-site-verification=abc",
    ],
)
def test_another_file_cannot_be_chosen(monkeypatch: pytest.MonkeyPatch, value: str):
    deploy(monkeypatch, TIKTOK_VERIFICATION_FILE=value)

    with pytest.raises(ValueError, match="tiktok_verification_file"):
        _ = settings().tiktok_verification_file
