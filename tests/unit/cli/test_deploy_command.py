"""`dropcast deploy` and `dropcast destroy`: the order in which they check, ask and call CDK."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.deployment import cdk_command, deploy, destroy
from cli.deployment.cdk_command import CdkFailedError
from cli.deployment.data_resources import DataResource
from cli.main import cli
from dropcast.health.finding import Finding

OUTPUTS = {"PublicUrl": "https://post.example", "Bucket": "videos", "KeysTable": "keys"}
READY = [("AWS", Finding("ok", "Account 1.")), ("Bootstrap", Finding("ok", "Version 21."))]
MISSING = [("Bootstrap", Finding("act", "CDK is not bootstrapped.", "npx aws-cdk bootstrap"))]
TESTED = [("Health", Finding("ok", "The API answers."))]
BROKEN = [("Health", Finding("act", "The API answered 500 instead of 200.", "See the log."))]


@pytest.fixture
def cdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The command lines that CDK would get. The account is ready, and the deployment succeeds."""
    called: list[list[str]] = []
    stack = {"artifacts": {"Dropcast-a": {"type": "aws:cloudformation:stack"}, "Tree": {"type": "cdk:tree"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(stack))
    monkeypatch.setattr(cdk_command, "ASSEMBLY", tmp_path)
    monkeypatch.setattr(cdk_command, "_run", lambda *words: called.append(list(words)))
    monkeypatch.setattr(deploy, "use_stack", lambda stage: OUTPUTS if stage == "a" else {})
    for module in (deploy, destroy):
        monkeypatch.setattr(module, "check_account", lambda: iter(READY))
    monkeypatch.setattr(deploy, "run_smoke_test", lambda *_: iter(TESTED))
    for name in ("find_data", "find_left_data"):
        monkeypatch.setattr(destroy, name, lambda stack: [DataResource("table", f"{stack}-accounts")])
    return called


def run(*words: str, **more: Any) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words), catch_exceptions=False, **more)
    return result.exit_code, result.stdout


def names(called: list[list[str]]) -> list[str]:
    return [words[0] for words in called]


def test_a_deployment_is_synthesised_compared_deployed_and_tested(cdk):
    code, out = run("deploy", "--stage", "a", "-c", "app_name=A B", "--parameters", "MediaDistribution=off")

    chosen = ["-c", "stage=a", "-c", "app_name=A B", "--parameters", "MediaDistribution=off"]
    assert code == 0
    assert names(cdk) == ["synth", "diff", "deploy"]
    assert all(words[-len(chosen) :] == chosen for words in cdk)
    assert "--no-previous-parameters" in cdk[-1]
    assert "--require-approval" not in cdk[-1]
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["ok", "AWS"],
        ["ok", "Bootstrap"],
        ["ok", "Health"],
        ["PublicUrl", "https://post.example"],
        ["Bucket", "videos"],
    ]


def test_the_stage_may_come_from_the_environment_and_cdk_json_decides_without_one(cdk):
    run("deploy", env={"DROPCAST_STAGE": "a"})
    run("deploy")

    assert [words[-2:] == ["-c", "stage=a"] for words in cdk] == [True] * 3 + [False] * 3


def test_with_yes_nothing_is_asked(cdk):
    run("deploy", "--yes")
    run("destroy", "--yes")

    assert cdk[2][-2:] == ["--require-approval", "never"]
    assert cdk[-1][-1] == "--force"


def test_a_dry_run_shows_the_difference_and_deploys_nothing(cdk):
    code, out = run("deploy", "--dry-run")

    assert (code, names(cdk)) == (0, ["synth", "diff"])
    assert "PublicUrl" not in out


@pytest.mark.parametrize(("data", "named"), [("keep", []), ("delete", ["table   Dropcast-a-accounts"])])
def test_a_dry_run_names_what_would_be_deleted_and_deletes_nothing(cdk, data, named):
    code, out = run("destroy", "--dry-run", "--yes", "--data", data)

    assert (code, names(cdk)) == (0, ["synth"])
    assert out.splitlines()[len(READY) :] == ["stack   Dropcast-a", *named]


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_a_failed_check_stops_before_cdk_runs(cdk, monkeypatch, command):
    for module in (deploy, destroy):
        monkeypatch.setattr(module, "check_account", lambda: iter(MISSING))

    code, out = run(command)

    assert (code, cdk) == (1, [])
    assert "npx aws-cdk bootstrap" in out


def test_a_failed_smoke_test_prints_the_addresses_and_fails(cdk, monkeypatch):
    monkeypatch.setattr(deploy, "run_smoke_test", lambda *_: iter(BROKEN))

    code, out = run("deploy")

    assert code == 1
    assert "See the log." in out
    assert "https://post.example" in out


def test_destroying_names_the_data_that_remains(cdk):
    code, out = run("destroy", "--stage", "a")

    assert code == 0
    assert names(cdk) == ["synth", "destroy"]
    assert "--force" not in cdk[-1]
    assert out.splitlines()[-1] == "table   Dropcast-a-accounts"


@pytest.mark.parametrize(("answer", "deleted"), [("y\n", ["Dropcast-a-accounts"]), ("n\n", []), ("\n", [])])
def test_deleting_the_data_is_asked_once(cdk, monkeypatch, answer, deleted):
    done: list[str] = []
    monkeypatch.setattr(destroy, "delete", lambda one: done.append(one.name))

    code, _ = run("destroy", "--data", "delete", input=answer)

    assert (code, done) == (0 if deleted else 1, deleted)
    assert [words[:1] + words[-1:] for words in cdk[1:]] == ([["destroy", "--force"]] if deleted else [])


@pytest.mark.parametrize("words", [["--profile", "work"], ["--profile=work"]])
@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_a_profile_for_cdk_alone_is_refused(cdk, command, words):
    """The checks would use a different account from the one that CDK changes."""
    code, _ = run(command, *words)

    assert (code, cdk) == (2, [])


def test_another_word_for_the_data_is_refused(cdk):
    code, _ = run("destroy", "--data", "remove")

    assert (code, cdk) == (2, [])


def test_outside_a_checkout_the_fix_is_to_clone(monkeypatch, tmp_path):
    monkeypatch.setattr(cdk_command, "ROOT", tmp_path)

    with pytest.raises(CdkFailedError, match="not a checkout") as refused:
        cdk_command.synthesise([])

    assert "Clone" in refused.value.fix
