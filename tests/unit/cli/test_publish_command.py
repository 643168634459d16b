"""`dropcast publish FILE` against a fake API and a fake S3."""

import json
import shlex
import sys

import httpx
import pytest

from tests.unit.support.api_examples import example
from tests.unit.support.client_sleeps import replace_sleep
from tests.unit.support.publish_deployment import FILE, SOURCE, run
from tests.unit.support.publish_deployment import deployment as deployment
from tests.unit.support.publish_deployment import video as video


def test_a_file_is_uploaded_and_published(deployment, video):
    code, out, _ = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--title", "hi")

    assert (code, out.strip()) == (0, "pub_1")
    assert b"".join(deployment.parts[number] for number in (1, 2, 3)) == FILE
    assert deployment.begun == [
        {"account_id": "acc_1", "filename": "my clip.mov", "size": 10, "content_type": "video/quicktime"}
    ]
    [(body, key)] = deployment.published
    assert (body["privacy_level"], body["title"], body["source"], key) == (
        "SELF_ONLY",
        "hi",
        SOURCE,
        "upl_1",
    )


def test_without_a_name_the_only_active_account_is_used(deployment, video):
    deployment.active_accounts = ["acc_tom"]

    code, _, err = run(str(video), "--privacy-level", "SELF_ONLY")

    assert (code, deployment.begun[0]["account_id"], deployment.published[0][0]["account_id"]) == (
        0,
        "acc_tom",
        "acc_tom",
    )
    assert "Account: tom" in err


@pytest.mark.parametrize(
    ("active", "fix"), [([], "dropcast accounts connect"), (["acc_1", "acc_2"], "Name one with --account")]
)
def test_without_a_name_no_account_is_guessed(deployment, video, active, fix):
    deployment.active_accounts = active

    code, _, err = run(str(video), "--privacy-level", "SELF_ONLY")

    assert (code, deployment.begun, deployment.published) == (2, [], [])
    assert fix in err


@pytest.mark.parametrize("trouble", [503, 403, httpx.WriteTimeout("broke off"), httpx.ConnectError("no")])
def test_a_failed_part_is_sent_again(deployment, video, trouble):
    deployment.s3_answers = [200, trouble, trouble]

    code, _, _ = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert code == 0
    assert b"".join(deployment.parts[number] for number in (1, 2, 3)) == FILE


def test_a_stuck_upload_ends_and_prints_how_to_continue(deployment, video):
    deployment.s3_answers = [503] * 100

    code, _, err = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert code == 1
    assert "--resume upl_1" in err
    assert deployment.published == []


def test_an_earlier_upload_is_continued(deployment, video):
    deployment.parts = {1: b"0123"}

    code, _, _ = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--resume", "upl_1")

    assert (code, deployment.begun) == (0, [])
    assert b"".join(deployment.parts[number] for number in (1, 2, 3)) == FILE


def test_ctrl_c_during_the_upload_prints_the_command_that_continues(deployment, video, monkeypatch):
    words = [str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--title", "it's"]
    monkeypatch.setattr(sys, "argv", ["/somewhere/dropcast", "publish", *words])
    deployment.s3_answers = [KeyboardInterrupt()]

    code, out, err = run(*words)

    assert (code, out, deployment.published) == (130, "", [])
    continued = err.splitlines()[-1]
    assert shlex.split(continued) == ["dropcast", "publish", *words, "--resume", "upl_1"]
    assert run(*shlex.split(continued)[2:])[:2] == (0, "pub_1\n")


def test_ctrl_c_while_it_is_posted_names_the_commands_that_show_and_end_it(deployment, video, monkeypatch):
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    replace_sleep(monkeypatch, interrupt)
    deployment.states = [{"state": "uploading"}]

    code, out, err = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert (code, out) == (130, "pub_1\n")
    assert "dropcast watch pub_1" in err
    assert "dropcast publishes cancel pub_1" in err


def test_another_file_does_not_continue_it(deployment, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(FILE + b"x")

    code, _, _ = run(str(other), "--account", "acc_1", "--privacy-level", "SELF_ONLY", "--resume", "upl_1")

    assert (code, deployment.parts) == (1, {})


def test_problems_are_reported_before_the_upload(deployment, video):
    source, level = (
        example("FindingView", field=name, message=f"{name} is wrong", fix=f"fix {name}")
        for name in ("source", "privacy_level")
    )
    deployment.problems = [source, level]

    code, _, err = run(str(video), "--account", "acc_1", "--privacy-level", "PUBLIC_TO_EVERYONE")

    assert (code, deployment.parts) == (1, {})
    assert "privacy_level is wrong" in err
    assert "fix privacy_level" in err
    assert "source" not in err


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"state": "published"}, 0),
        ({"state": "in_inbox"}, 0),
        ({"state": "held", "not_before": "2026-12-01T00:00:00Z"}, 0),
        ({"state": "failed", "error": example("PublishErrorView", message="too long", fix="cut it")}, 1),
        ({"state": "cancelled"}, 1),
    ],
)
def test_the_exit_code_shows_the_outcome(deployment, video, state, code):
    deployment.states = [{"state": "uploading"}, state]

    ended, _, err = run(str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")

    assert ended == code
    assert state.get("error", {}).get("fix", "") in err
    assert (state.get("not_before") or "") in err


@pytest.mark.parametrize(
    ("words", "polls", "code"),
    [((), 1, 0), (("--wait",), 2, 0), (("--detach",), 0, 0)],
    ids=["until it is held", "until its end", "not at all"],
)
def test_the_command_waits_as_long_as_wanted(deployment, video, words, polls, code):
    deployment.states = [{"state": "held", "not_before": "2027-02-01T17:00:00Z"}, {"state": "published"}]

    ended, out, _ = run(str(video), "--account", "acc_1", "--draft", *words)

    assert (ended, out, 2 - len(deployment.states)) == (code, "pub_1\n", polls)


@pytest.mark.parametrize("refused", [False, True])
def test_a_dry_run_reports_and_publishes_nothing(deployment, video, refused):
    deployment.problems = [example("FindingView", field="source", message="too long", fix="cut it")] if refused else []

    code, out, err = run(str(video), "--account", "acc_1", "--draft", "--dry-run", "--json")

    assert (code, deployment.published) == (int(refused), [])
    assert json.loads(out)["ok"] is not refused
    assert "--resume upl_1" in err
    assert ("too long" in err) is refused
    assert len(deployment.checked) == 2


def test_json_is_the_publish_as_the_api_shows_it(deployment, video):
    _, out, _ = run(str(video), "--account", "acc_1", "--draft", "--json")

    shown = json.loads(out)
    assert (shown["publish_id"], shown["state"]) == ("pub_1", "published")


def test_a_pipe_gets_a_line_for_each_step(deployment, video):
    deployment.states = [{"state": "uploading", "bytes_sent": sent} for sent in (3, 3, 10)] + [{"state": "published"}]

    _, _, err = run(str(video), "--account", "acc_1", "--draft")

    lines = err.splitlines()
    assert "Uploading my clip.mov: 100 %" in lines
    assert [line for line in lines if line.startswith("pub_1")] == [
        "pub_1 is uploading: 30 %",
        "pub_1 is uploading: 100 %",
    ]
    assert "\x1b" not in err
