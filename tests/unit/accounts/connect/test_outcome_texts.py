"""The last page addresses the creator and explains every problem without the operator's terms and without a manual."""

import re

import pytest

from dropcast.accounts.connect.outcome_page import render_outcome_page
from dropcast.accounts.connect.outcome_texts import cannot_post, problem_text
from dropcast.accounts.models import Account, CreatorCheck
from dropcast.errors.problem import CATALOGUE, problem
from dropcast.settings import settings

# Words that the operator knows and the creator does not.
_OPERATORS = re.compile(
    r"\b[A-Z]{2,}_[A-Z_]+\b|\bdropcast\b|docs/|client key|secret|portal|deployment|scope|redirect|API key|request_id",
    re.IGNORECASE,
)


def account(scopes=frozenset({"video.publish"}), creator: CreatorCheck | None = None) -> Account:
    return Account("acc_1", "user-1", "open-1", "active", scopes, 0, creator=creator)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_problem_is_explained_without_the_operators_words_and_with_a_way_to_continue(cloud, code):
    page = render_outcome_page(problem(code, scope="video.publish", log_id="log-1"))

    told = re.findall("<(?:h1|p)>(.*?)</(?:h1|p)>", page)
    assert len(told) == 3
    assert not _OPERATORS.search(" ".join(told).replace("dropcast.example", ""))
    assert re.search(r"[Gg]o back|[Tt]ell the site|[Aa]sk the site", told[-1]), told[-1]
    assert f"Code: {code} · TikTok log_id log-1" in page


def test_the_creator_is_not_asked_to_fix_what_only_the_operator_can():
    assert "Nothing is wrong with your account" in problem_text(problem("invalid_client")).do
    assert "start again" not in problem_text(problem("invalid_scope")).do


def test_success_failure_and_waiting_look_different(cloud):
    pages = [
        render_outcome_page(account()),
        render_outcome_page(problem("access_denied")),
        render_outcome_page(problem("connection_expired")),
    ]

    signs = [re.findall(r'<main class="(\w+)">\s*<p class="sign" aria-hidden="true">(.)</p>', page) for page in pages]
    assert signs == [[("done", "✓")], [("failed", "✕")], [("waits", "…")]]
    assert [page.count("<h1>") for page in pages] == [1, 1, 1]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_has_enough_contrast_on_the_card(cloud, scheme):
    style = render_outcome_page(account()).split("@media")[scheme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", style))

    low = [
        name for name in ("text", "soft", "done", "failed", "waits") if contrast(colours[name], colours["card"]) < 4.5
    ]

    assert low == []
    assert contrast(colours["button"], colours["on-button"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (#rgb or #rrggbb) by WCAG 2."""
    darker, lighter = sorted(luminance(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_apps_name_links_back(cloud):
    cloud.setenv("APP_NAME", "Ana's {studio}")
    settings.cache_clear()

    assert "Go back to Ana&#x27;s {studio}. You can close this page." in render_outcome_page(account())


@pytest.mark.parametrize("name", ["{app}", "{0.__class__}", "}{", "<b>"])
def test_a_name_with_braces_is_shown_unchanged(cloud, name):
    shown = render_outcome_page(Account("acc_1", "u", "o", "active", frozenset(), 0, nickname=name))

    assert f"<p>{name.replace('<', '&lt;').replace('>', '&gt;')}</p>" in shown


@pytest.mark.parametrize(
    ("creator", "audited", "words"),
    [
        (None, False, None),
        (CreatorCheck(0, private=True), False, None),
        (CreatorCheck(0, private=False), True, None),
        (CreatorCheck(0, private=None), False, None),
        (CreatorCheck(0, private=False), False, "switch your account to private"),
        (CreatorCheck(0, refusal="spam_risk_user_banned_from_posting"), True, "banned"),
        (CreatorCheck(0, refusal="spam_risk_too_many_posts"), True, "tomorrow"),
        (CreatorCheck(0, refusal="reached_active_user_cap"), True, "tomorrow"),
        (CreatorCheck(0, refusal="new_at_tiktok"), True, "post now"),
    ],
)
def test_an_account_that_cannot_post_shows_the_reason(creator, audited, words):
    told = cannot_post(account(creator=creator), audited=audited)

    assert told is None if words is None else words in (told or "")


def test_an_account_without_the_posting_scope_shows_nothing_more():
    creator = CreatorCheck(0, private=False)

    assert cannot_post(account(frozenset(), creator), audited=False) is None
