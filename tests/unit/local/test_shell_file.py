"""The shell file that `make up` writes."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.shell_file import variables, write_shell_file


class Stack:
    """The attributes of a stack that the file uses."""

    base_url = "http://127.0.0.1:8001"
    stage = "dev"
    api_key = "dc_it's $HOME `secret`"
    bucket = "bucket-1"
    sandbox_url: str | None = None
    s3_endpoint_url = "http://127.0.0.1:8002"
    log_file = Path("/a folder/main.log")


@pytest.fixture
def stack() -> Any:
    return Stack()


def sourced(path: Path, words: str) -> str:
    command = ["bash", "-c", f"source {path}; {words}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, env={"AWS_PROFILE": "live"}).stdout


def test_a_shell_that_sources_the_file_has_every_value_unchanged(tmp_path, stack):
    path = write_shell_file(tmp_path, stack, "acc_1")

    for name, value in variables(stack, "acc_1").items():
        assert sourced(path, f'env | grep -c "^{name}="; printf %s "${name}"') == f"1\n{value}"


def test_only_the_owner_can_read_the_file_because_it_contains_the_key(tmp_path, stack):
    path = write_shell_file(tmp_path, stack, None)

    assert path.stat().st_mode & 0o777 == 0o600


def test_no_profile_of_the_user_sends_a_tool_to_aws(tmp_path, stack):
    path = write_shell_file(tmp_path, stack, None)

    assert sourced(path, 'echo "${AWS_PROFILE-none} $AWS_ENDPOINT_URL"') == "none http://127.0.0.1:8002\n"
