"""The consent given by a press, the stop for an account that cannot post, and the notes of a dry run beside their
fields.
"""

import hashlib
from dataclasses import replace

import httpx
import pytest

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.creator import fetch_creator_info
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.dry_run import DryRun, Finding, InspectedSource
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.posting_page.consent_words import consent_sentence, give_consent
from dropcast.publishing.posting_page.notes_by_field import notes_by_field
from dropcast.publishing.posting_page.stop import find_stop
from dropcast.tiktok.client import TikTok
from tests.unit.publishing.conftest import refusal
from tests.unit.publishing.posting_page.forms import PUBLIC, READY

BOUND = Caller("dk_1", frozenset({"read", "publish"}), "user-1")
BRANDED = replace(READY, disclosure=True, brand_content=True)


def test_a_press_gives_consent_to_the_displayed_text(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: 1_795_996_800)
    sentence = consent_sentence(BRANDED)

    given = give_consent(sentence.version, BRANDED, BOUND, by="Ana's key", session_id="ses_1")

    assert isinstance(given, RecordedConsent)
    assert given.model_dump(mode="json") == {
        "by": "Ana's key",
        "at": "2026-11-30T00:00:00Z",
        "text": "By posting, you agree to TikTok's Branded Content Policy and Music Usage Confirmation",
        "version": "2026-11-29-branded",
        "key_id": "dk_1",
        "session_id": "ses_1",
        "user_id": "user-1",
    }


@pytest.mark.parametrize("shown", ["", "2026-11-29-music", "2020-01-01-branded"])
def test_a_press_below_another_text_gives_no_consent(shown):
    refused = give_consent(shown, BRANDED, BOUND, by="Ana", session_id="ses_1")

    assert isinstance(refused, Problem)
    assert refused.code == "consent_changed"


def test_a_changed_text_needs_a_new_version():
    words = {one.version: one.text for one in (consent_sentence(READY), consent_sentence(BRANDED))}

    digest = hashlib.sha256(repr(sorted(words.items())).encode()).hexdigest()[:16]
    assert digest == "51516b11f47d2faa", "give the words another date in consent_words.py, then this digest"


@pytest.fixture
def asked_tiktok(tiktok, monkeypatch):
    client = TikTok("https://open.tiktokapis.com", httpx.Client(transport=httpx.MockTransport(tiktok.answer)))
    monkeypatch.setattr(tiktok_app, "tiktok_within", lambda seconds: client)
    return tiktok


def test_an_account_that_can_post_is_not_stopped(account: Account):
    assert find_stop(account, SYSTEM, "direct", PUBLIC) is None


@pytest.mark.parametrize("code", ["spam_risk_too_many_posts", "reached_active_user_cap"])
def test_a_limit_of_posts_says_when_to_retry(account: Account, asked_tiktok, code):
    asked_tiktok.script["creator_info/query"] = [refusal(code, 200)]
    now = clock.now()

    stop = find_stop(account, SYSTEM, "direct", fetch_creator_info(account.account_id, SYSTEM))

    assert stop is not None
    assert stop.problem.code == code
    assert stop.come_back_at is not None
    assert now + 3600 <= stop.come_back_at <= now + 3610


def test_dropcasts_own_limit_of_checks_says_when_to_retry(account: Account, asked_tiktok):
    for _ in range(8):
        fetch_creator_info(account.account_id, SYSTEM)

    stop = find_stop(account, SYSTEM, "direct", fetch_creator_info(account.account_id, SYSTEM))

    assert stop is not None
    assert stop.problem.code == "rate_limit_exceeded"
    assert stop.come_back_at is not None
    assert 0 < stop.come_back_at - clock.now() <= 62


def test_a_ban_has_no_time_to_retry(account: Account, asked_tiktok):
    asked_tiktok.script["creator_info/query"] = [refusal("spam_risk_user_banned_from_posting", 200)]

    stop = find_stop(account, SYSTEM, "direct", fetch_creator_info(account.account_id, SYSTEM))

    assert stop is not None
    assert (stop.problem.code, stop.come_back_at) == ("spam_risk_user_banned_from_posting", None)


def test_a_limit_of_direct_posts_does_not_stop_a_draft(account: Account):
    assert find_stop(account, SYSTEM, "draft", problem("spam_risk_too_many_posts")) is None


def test_a_disconnected_account_and_a_draft_key_are_stopped(account: Account):
    only_drafts = Caller("dk_1", frozenset({"read", "draft"}))
    ended = replace(account, status="disconnected")

    stops = [find_stop(ended, SYSTEM, "draft", None), find_stop(account, only_drafts, "direct", PUBLIC)]

    assert [stop and stop.problem.code for stop in stops] == ["account_disconnected", "scope_missing"]


def test_a_stop_without_a_time_costs_no_aws_call(account: Account):
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call", lambda model, **_: calls.append(model.name))

    find_stop(account, SYSTEM, "direct", problem("tiktok_unanswered"))

    assert calls == []


def test_each_problem_of_a_dry_run_is_beside_its_field():
    switched_off = problem("interaction_switched_off", interactions="duet, stitch")
    late, bad, odd = problem("publish_at_past"), problem("not_a_picture"), problem("rate_limit_exceeded")
    ignored = problem("cover_may_be_ignored")
    report = DryRun(
        problems=(
            Finding("publish_at", late),
            Finding("source.items.2", bad),
            Finding("allow_duet", switched_off),
        ),
        warnings=(Finding("account_id", odd), Finding("cover_timestamp_ms", ignored)),
        inspected=InspectedSource(None),
        forecast=None,
    )

    notes = notes_by_field(report)

    assert {field: one.problems for field, one in notes.items() if one.problems} == {
        "publish_at": (late,),
        "source.items.2": (bad,),
        "allow_duet": (switched_off,),
        "allow_stitch": (switched_off,),
    }
    assert {field: one.warnings for field, one in notes.items() if one.warnings} == {
        "form": (odd,),
        "cover_timestamp_ms": (ignored,),
    }
