"""The local stack itself: stacks are separate, listen only on loopback, and leave nothing behind."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local.folder import HOME, ROOT, owner_pid
from local.stack import LocalStack
from local.stack_client import press_start
from tests.e2e.ctrl_c import heed_ctrl_c
from tests.e2e.processes import eventually, listening_addresses, processes_of

KEYS = {
    "base_url",
    "api_key",
    "bucket",
    "s3_endpoint_url",
    "webhook_url",
    "media_url",
    "console_url",
    "sandbox_url",
    "log_file",
    "pid",
}


# One worker starts the stacks one after another.
own_stacks = pytest.mark.xdist_group("own-stacks")
# A stack with another public address: no account is connected at its start, which saves two seconds.
ELSEWHERE = "https://me.example"


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", *words],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=180,
    )


@contextmanager
def own_name() -> Iterator[str]:
    """A name for a stack, which is removed afterwards."""
    name = f"test-{secrets.token_hex(3)}"
    yield name
    command("down", "--name", name)
    (HOME / f"{name}.log").unlink(missing_ok=True)


@pytest.fixture
def name() -> Iterator[str]:
    with own_name() as name:
        yield name


def up(name: str, **environment: str) -> dict[str, Any]:
    done = command("up", "--name", name, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def authorized(base_url: str, key: str) -> httpx.Response:
    return httpx.get(f"{base_url}/v1/accounts?user_id=nobody", headers={"Authorization": f"Bearer {key}"}, timeout=30)


def test_every_process_listens_only_on_loopback(stack: LocalStack):
    pids = [os.getpid(), *processes_of(HOME / stack.name)]

    listening = {address for pid in pids for address in listening_addresses(pid)}

    assert len(listening) >= 3
    assert {address.rpartition(":")[0] for address in listening} == {"127.0.0.1"}


def test_the_api_is_closed_without_a_key(stack: LocalStack):
    assert httpx.get(f"{stack.base_url}/v1/accounts").status_code == 401


def assert_strangers(stack: LocalStack, other: dict[str, Any]) -> None:
    """Each of the two stacks refuses the other's key and accepts its own."""
    assert authorized(other["base_url"], stack.api_key).status_code == 403
    assert authorized(stack.base_url, other["api_key"]).status_code == 403
    assert authorized(stack.base_url, stack.api_key).status_code == 200


def sourced(name: str, words: str) -> str:
    """The output of `words` in a shell that sources the stack's file."""
    script = f"source .local/{name}/env; {words}"
    return subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def assert_publishes_a_video_without_options(name: str, tmp_path: Path) -> None:
    """The command finds the stack and its only account by itself."""
    kept = {variable: os.environ[variable] for variable in ("PATH", "HOME", "TMPDIR") if variable in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "cli", "publish", "tests/media/sample.mp4", "--privacy-level", "SELF_ONLY", "--json"],
        cwd=ROOT,
        env=kept | {"DROPCAST_STACK": name, "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "published"


def test_up_prints_the_addresses_again_if_repeated_and_down_leaves_nothing(
    stack: LocalStack, name: str, tmp_path: Path
):
    described = up(name)

    again = command("up", "--name", name)
    assert json.loads(again.stdout) == described
    assert f"source .local/{name}/env" in again.stderr.splitlines()
    assert described.keys() == KEYS
    ours = httpx.get(
        f"{described['base_url']}/v1/accounts/{sourced(name, 'printf %s $ACCOUNT')}",
        headers={"Authorization": f"Bearer {sourced(name, 'printf %s $KEY')}"},
        timeout=30,
    ).json()
    assert (ours["username"], ours["user_id"], ours["status"]) == ("tom.private", "me", "active")
    assert authorized(described["base_url"], described["api_key"]).status_code == 200
    assert owner_pid(name) == described["pid"]
    assert_publishes_a_video_without_options(name, tmp_path)
    assert_strangers(stack, described)

    stopped = command("down", "--name", name)

    assert stopped.returncode == 0, stopped.stderr
    assert processes_of(HOME / name) == []
    assert not (HOME / name).exists()


@own_stacks
def test_contradictory_settings_are_refused_with_a_message(name: str):
    refused = command("up", "--name", name, TIKTOK_API_URL="http://127.0.0.1:9")

    assert refused.returncode == 1
    assert "TIKTOK_CLIENT_SECRET" in refused.stderr
    assert "Traceback" not in refused.stderr


@dataclass(frozen=True)
class Abandoned:
    """A stack whose supervisor and guards were killed at the same time, and its surviving processes."""

    name: str
    left: list[int]


@pytest.fixture(scope="module")
def abandoned() -> Iterator[Abandoned]:
    with own_name() as name:
        described = up(name, PUBLIC_URL=ELSEWHERE)
        guards = [int(line) for line in (HOME / name / "groups").read_text().split()]
        for pid in [described["pid"], *guards]:
            os.kill(pid, signal.SIGSTOP)
        for pid in [*guards, described["pid"]]:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: owner_pid(name) is None, seconds=5)
        yield Abandoned(name, processes_of(HOME / name))


@pytest.fixture(scope="module")
def successor(abandoned: Abandoned) -> dict[str, Any]:
    """The answer of the next start with the same name, for a stack with another TikTok."""
    another = {"TIKTOK_API_URL": "http://127.0.0.1:9", "TIKTOK_AUTHORIZE_URL": "http://127.0.0.1:9/consent"}
    app = {"TIKTOK_CLIENT_KEY": "their-key", "TIKTOK_CLIENT_SECRET": "their-secret"}
    return up(abandoned.name, **another, **app, PUBLIC_URL=ELSEWHERE)


@own_stacks
def test_the_next_start_kills_what_survived_its_supervisor_and_guards(abandoned: Abandoned, successor: dict[str, Any]):
    assert abandoned.left
    assert owner_pid(abandoned.name) == successor["pid"]
    assert not set(abandoned.left) & set(processes_of(HOME / abandoned.name))


@own_stacks
def test_another_tiktok_replaces_the_sandbox(successor: dict[str, Any]):
    assert successor["sandbox_url"] is None
    assert successor["webhook_url"] == f"{ELSEWHERE}/webhooks/tiktok"


@own_stacks
def test_killing_the_supervisor_ends_everything(abandoned: Abandoned, successor: dict[str, Any]):
    os.kill(successor["pid"], signal.SIGKILL)

    # Its ports are closed too, but another stack may have taken one already.
    assert eventually(lambda: not processes_of(HOME / abandoned.name), seconds=5)


def test_a_killed_lambda_process_ends_and_the_next_call_works(stack: LocalStack):
    assert authorized(stack.base_url, stack.api_key).status_code == 200

    assert stack.kill_lambda("http-api") >= 1

    assert authorized(stack.base_url, stack.api_key).status_code == 200


def test_the_sandbox_checks_the_stack_s_pkce(stack: LocalStack):
    query = {
        "client_key": "local-client-key",
        "scope": "video.publish",
        "redirect_uri": f"{stack.public_url}/oauth/tiktok/callback",
        "state": "s1",
        "response_type": "code",
    }

    page = httpx.get(f"{stack.sandbox_url}/v2/auth/authorize/", params=query)

    assert page.status_code == 400
    assert "code_challenge" in page.text


def test_the_log_names_the_function_and_no_secret(stack: LocalStack):
    httpx.post(f"{stack.sandbox_url}/_sandbox/creators", json={"username": "log-reader"})
    key = {"Authorization": f"Bearer {stack.api_key}"}
    link = httpx.post(f"{stack.base_url}/v1/connections", headers=key, json={"user_id": "u"}, timeout=30).json()
    with httpx.Client(timeout=30) as browser:
        consent = press_start(browser, link["connect_url"]).headers["location"]
        wish = {"authorize_url": consent, "username": "log-reader"}
        back = httpx.post(f"{stack.sandbox_url}/_sandbox/authorize", json=wish).json()["redirect_to"]
        browser.get(back)

    assert eventually(lambda: "http-connect" in stack.log_file.read_text(), seconds=10)
    log = stack.log_file.read_text()
    secrets_of_the_way = [stack.api_key, *(parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state"))]
    assert [secret for secret in secrets_of_the_way if secret in log] == []


@own_stacks
def test_an_interrupted_up_leaves_nothing(name: str):
    starting = subprocess.Popen(
        [sys.executable, "-m", "local", "up", "--name", name],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_ctrl_c,
    )
    assert starting.stderr
    assert any("deploying" in line for line in starting.stderr)
    starting.send_signal(signal.SIGINT)

    assert starting.wait(20) != 0
    assert processes_of(HOME / name) == []
    assert owner_pid(name) is None


def test_the_proxy_keeps_redirects_and_cookies(stack: LocalStack):
    key = {"Authorization": f"Bearer {stack.api_key}"}
    link = httpx.post(f"{stack.base_url}/v1/connections", headers=key, json={"user_id": "u"}, timeout=30).json()

    with httpx.Client(timeout=30) as browser:
        answer = press_start(browser, link["connect_url"])

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{stack.sandbox_url}/v2/auth/authorize/")
    assert answer.headers.get_list("set-cookie")
