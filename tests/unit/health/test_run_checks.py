"""All checks together: what each caller sees, their cost, and their result if AWS refuses a call."""

from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropcast.caller import SYSTEM, Caller
from dropcast.health import run_checks as module
from dropcast.health.finding import Finding
from dropcast.health.run_checks import FOR_EVERYONE, FOR_OPERATORS, Check, checks_needing_a_person, run_checks
from dropcast.settings import settings

pytestmark = pytest.mark.usefixtures("cloud")


def refuse() -> Finding:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "details"}}, "Scan")


def break_down() -> Finding:
    raise KeyError("details")


def fine() -> Finding:
    return Finding("ok", "Fine.")


def names_seen_by(caller: Caller) -> list[str]:
    return [check.name for check, _ in run_checks(caller)]


def test_an_operator_sees_every_check_once():
    names = names_seen_by(SYSTEM)

    assert names == [check.name for check in (*FOR_EVERYONE, *FOR_OPERATORS)]
    assert len(set(names)) == len(names) == 12


def test_a_bound_key_sees_only_what_v1_health_tells(aws_calls: list[str]):
    aws_calls.clear()

    assert names_seen_by(Caller("dk_1", frozenset({"read"}), "user-1")) == ["tiktok_app", "app_audit"]
    assert aws_calls == ["GetSecretValue"]


def test_all_checks_make_eight_aws_calls(aws_calls: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TREND_COUNTRIES", "US")
    settings.cache_clear()
    aws_calls.clear()

    run_checks(SYSTEM)

    assert sorted(aws_calls) == ["GetItem", "GetSecretValue", "Query", "Query", "Scan", "Scan", "Scan", "Scan"]


def test_what_needs_a_person_now_is_found_with_five_aws_calls(aws_calls: list[str], monkeypatch: pytest.MonkeyPatch):
    late = [
        (check, Finding(status, "Late.")) for check, status in zip(FOR_OPERATORS, ("act", "look", "ok"), strict=False)
    ]
    aws_calls.clear()

    assert checks_needing_a_person() == []
    assert sorted(aws_calls) == ["GetSecretValue", "Scan", "Scan", "Scan", "Scan"]
    monkeypatch.setattr(module, "find_all", lambda _: late)
    assert checks_needing_a_person() == late[:1]


@pytest.mark.parametrize(
    ("broken", "reason"), [(refuse, "AWS refused the call"), (break_down, "the check itself failed")]
)
def test_a_check_that_fails_says_so_and_the_others_answer(monkeypatch: pytest.MonkeyPatch, broken: Any, reason: str):
    checks = (Check("one", "One", broken), Check("two", "Two", fine))
    monkeypatch.setattr(module, "FOR_EVERYONE", checks)
    monkeypatch.setattr(module, "FOR_OPERATORS", ())

    first, second = [finding for _, finding in run_checks(SYSTEM)]

    assert (first.status, first.words) == ("look", f"This could not be checked: {reason}.")
    assert first.fix
    assert "details" not in repr(first)
    assert second == fine()


def test_a_check_that_takes_too_long_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch):
    never = Event()

    def wait() -> Finding:
        never.wait(10)
        return fine()

    monkeypatch.setattr(module, "FOR_EVERYONE", (Check("one", "One", wait), Check("two", "Two", fine)))
    monkeypatch.setattr(module, "FOR_OPERATORS", ())
    monkeypatch.setattr(module, "_PATIENCE_S", 0.1)

    first, second = [finding for _, finding in run_checks(SYSTEM)]
    never.set()

    assert (first.status, second.status) == ("look", "ok")
    assert "did not answer within" in first.words
