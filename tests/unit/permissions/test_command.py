"""`python -m tests.permissions` prints both lists. It fails for a denied call and for a grant without a reason."""

import pytest

from tests.permissions import __main__ as command
from tests.permissions.grants import Grant
from tests.permissions.reasons import REASONS
from tests.permissions.record import Record
from tests.permissions.verdict import Verdict

USED = Grant("http-api", "dynamodb:GetItem", "dynamodb:table/Items", "")
EXPLAINED = Grant("queue-refresh", "sqs:GetQueueUrl", "sqs:refresh", "")
UNEXPLAINED = Grant("http-api", "dynamodb:DeleteTable", "dynamodb:table/Items", "")


@pytest.fixture
def printed(monkeypatch, capsys):
    def run(found: Verdict, *words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["permissions", *words])
        monkeypatch.setattr(command, "records", lambda: ["a record"])
        monkeypatch.setattr(command, "read_record", lambda path: Record({"Resources": {}}))
        monkeypatch.setattr(command, "verdict", lambda record: found)
        return command.main(), capsys.readouterr().out

    return run


def test_an_explained_grant_is_listed_with_its_reason(printed):
    code, text = printed(Verdict(used={USED: "t"}, unused={EXPLAINED}))

    assert code == 0
    assert f"{REASONS[0].why} ({REASONS[0].test})\n    {EXPLAINED}" in text
    assert "1 of 2 grants used" in text


def test_a_grant_without_a_reason_fails(printed):
    code, text = printed(Verdict(unused={UNEXPLAINED}))

    assert code == 1
    assert f"without a reason:\n  {UNEXPLAINED}" in text


@pytest.mark.parametrize("found", [Verdict(refused={"http-api kms:Decrypt k": "t"}), Verdict(broken={"http-api": "t"})])
def test_a_denied_call_and_a_refused_request_fail(printed, found):
    assert printed(found)[0] == 1


def test_the_test_that_first_used_each_grant_is_printed(printed):
    assert f"{USED}  (a test)" in printed(Verdict(used={USED: "a test"}), "--tests")[1]
    assert "a test" not in printed(Verdict(used={USED: "a test"}))[1]


def test_a_stack_that_could_not_be_deployed_is_left_out(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["permissions"])
    monkeypatch.setattr(command, "records", lambda: ["a record"])
    monkeypatch.setattr(command, "read_record", lambda path: Record())

    assert command.main() == 0
    assert "0 calls on 1 stacks" in capsys.readouterr().out


def test_without_records_the_command_says_how_to_make_them(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["permissions"])
    monkeypatch.setattr(command, "records", list)

    assert command.main() == 1
    assert "make e2e" in capsys.readouterr().out
