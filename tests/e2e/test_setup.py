"""`dropcast setup --stack local` and `dropcast doctor`, in a real terminal, against the local stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pexpect
import pytest

from local.folder import ROOT
from local.shell_file import variables

_PATIENCE_S = 90
_OF_THE_STACK = ("aws", "clock", "stack", "version", "bucket", "tiktok_app", "redirect_uri", "webhook_address")


@pytest.fixture
def environment(stack: Any, tmp_path: Path) -> dict[str, str]:
    """The environment of a person whose stack of this name runs, and who has no profile."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"DROPCAST_STACK": stack.name, "XDG_CONFIG_HOME": str(tmp_path)}


@pytest.fixture
def running(stack: Any, account: str) -> None:
    """The files with which `make up` tells commands about its stack."""
    folder = ROOT / ".local" / stack.name
    exports = [f"export {name}={value}" for name, value in variables(stack, account).items()]
    (folder / "env").write_text("\n".join(exports))
    (folder / "stack.json").write_text(json.dumps(stack.described()))


def test_a_running_stack_leads_to_a_published_sample_by_two_answers(running, environment, journey, account):
    user_id = journey.api("GET", f"/v1/accounts/{account}").json()["user_id"]
    command = [sys.executable, "-m", "cli", "setup", "--stack", "local", "--user-id", user_id]
    with pexpect.spawn(
        command[0], command[1:], cwd=str(ROOT), env=environment, timeout=_PATIENCE_S, encoding="utf-8"
    ) as screen:
        screen.expect_exact("is connected already. Use it (answer no")
        screen.sendline("y")
        screen.expect_exact("Publish a sample video")
        screen.sendline("y")
        screen.expect(r"Published the sample video: (pub_\w+)")
        publish_id = screen.match[1]
        screen.expect(pexpect.EOF)
    assert screen.exitstatus == 0
    shown = journey.show(publish_id)
    assert (shown["state"], shown["account_id"]) == ("published", account)


def test_the_doctor_finds_a_sound_stack(running, environment):
    words = [sys.executable, "-m", "cli", "doctor", "--json"]

    said = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=_PATIENCE_S)

    found = json.loads(said.stdout)
    jsonschema_rs.validate(json.loads((ROOT / "docs/cli/doctor.schema.json").read_text()), found)
    # Other tests have accounts, endpoints and backlogs on the same stack.
    lines = {one["check"]: one["status"] for one in found["checks"]}
    assert {name: lines[name] for name in _OF_THE_STACK} == dict.fromkeys(_OF_THE_STACK, "ok")
    assert said.returncode == {"warn": 1, "fail": 2}[found["status"]]
