"""`dropcast logs` against CloudWatch Logs in moto."""

import json
import time
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.function_logs import log_events
from cli.logs_command import function_names
from cli.main import cli
from dropcast import clock
from dropcast.aws.lambda_log_line import readable_message
from local.folder import ROOT
from tests.unit.support.deployed import Deployed
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.memory_aws import maker

PUBLISH = "pub_01m8phfkaw1d3zv30v2qbp9dxq"


@pytest.fixture(autouse=True)
def _clock_of_moto(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command use this machine's time, because moto refuses events from other days."""
    monkeypatch.setattr(clock, "now", lambda: int(time.time()))


def line(message: str, **fields: Any) -> str:
    return json.dumps({"level": "INFO", "message": message, "service": "http-api", **fields})


def write(function: str, message: str, seconds_ago: float) -> None:
    """Put a line into the log of a function of the stage dev."""
    logs: Any = maker("logs")
    where = {"logGroupName": f"/aws/lambda/dropcast-dev-{function}", "logStreamName": "one"}
    if not logs.describe_log_groups(logGroupNamePrefix=where["logGroupName"])["logGroups"]:
        logs.create_log_group(logGroupName=where["logGroupName"])
        logs.create_log_stream(**where)
    at = int((time.time() - seconds_ago) * 1000)
    logs.put_log_events(**where, logEvents=[{"timestamp": at, "message": message}])


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["logs", *words], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def words_of(out: str) -> list[list[str]]:
    """The words of each line after its time."""
    return [one.split()[1:] for one in out.splitlines()]


def test_the_lines_of_a_publish_come_from_all_functions_in_the_order_of_time():
    write("http-api", line("publish.accepted", publish_id=PUBLISH), 30)
    write("workflow-start", line("init.answered", publish_id=PUBLISH, note="\x1b[31m"), 10)
    write("http-api", line("publish.accepted", publish_id="pub_other"), 20)

    _, out, _ = run("--publish", PUBLISH)

    assert words_of(out) == [
        ["http-api", "INFO", "publish.accepted", f"publish_id={PUBLISH}"],
        ["workflow-start", "INFO", "init.answered", f"publish_id={PUBLISH}", "note=\\u001b[31m"],
    ]


def test_one_function_is_shown_without_old_lines_and_without_noise():
    write("http-api", line("old"), 3 * 3600)
    write("http-api", "START RequestId: 1", 31)
    write("http-api", line("new"), 30)
    write("http-console", line("elsewhere"), 30)

    assert words_of(run("http-api")[1]) == [["http-api", "INFO", "new"]]
    assert len(words_of(run("http-api", "--since", "4h")[1])) == 2


def test_only_the_newest_lines_are_shown():
    for number in range(3):
        write("http-api", line(f"line-{number}"), 30 - number)

    _, out, err = run("http-api", "--limit", "2")

    assert [words[-1] for words in words_of(out)] == ["line-1", "line-2"]
    assert "--limit" in err


def test_json_has_the_message_as_the_function_wrote_it():
    write("http-api", line("publish.accepted", publish_id=PUBLISH), 30)
    write("http-api", "Traceback:\nKeyError\n", 20)

    first, second = map(json.loads, run("http-api", "--json")[1].splitlines())

    assert first["function"] == "http-api"
    assert first["message"]["publish_id"] == PUBLISH
    assert first["at"].endswith("Z")
    assert second["message"] == "Traceback:\nKeyError"


def test_following_prints_each_new_line_once_until_the_person_stops(monkeypatch):
    write("http-api", line("first"), 30)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) > 2:
            raise KeyboardInterrupt
        write("http-api", line(f"after-{len(pauses)}"), 20 - len(pauses))

    monkeypatch.setattr(clock, "sleep", sleep)

    code, out, _ = run("http-api", "--follow")

    assert code == 130
    assert [words[-1] for words in words_of(out)] == ["first", "after-1", "after-2"]
    assert pauses == [2.0] * 3


def test_many_functions_are_followed_below_the_rate_that_aws_allows(monkeypatch):
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", sleep)
    run("--follow")

    assert len(function_names()) / pauses[0] <= log_events._CALLS_PER_S < 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("http-nothing",), "http-api"),
        (("--publish", 'pub_" -x'), "not a publish_id"),
        (("--since", "yesterday"), "--since yesterday"),
    ],
)
def test_a_wrong_argument_is_named_with_its_fix(words, said):
    code, out, err = run(*words)

    assert (code, out, len(err.splitlines())) == (2, "", 2)
    assert said in err


def test_every_function_of_the_stack_has_its_name():
    assert len(function_names()) == len(list((ROOT / "functions").glob("*/*/handler.py")))
    assert {"http-api", "workflow-transfer", "storage-drop"} <= set(function_names())


@pytest.mark.parametrize(
    ("status", "shown"), [("success", False), ("timeout", True), ("error", True)], ids=["success", "timeout", "error"]
)
def test_lambdas_own_report_is_shown_only_if_something_went_wrong(status, shown):
    report = json.dumps({"time": "2027", "type": "platform.report", "record": {"requestId": "1", "status": status}})

    assert (readable_message(report) is not None) is shown
