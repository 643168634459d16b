import ast
import os
import subprocess
from pathlib import Path

import pytest

import local
from local import processes
from local.ministack import MiniStack
from local.processes import group_members, kill_members


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(processes, "_PROC", tmp_path)
    (tmp_path / "self").mkdir()
    return tmp_path


def process(proc: Path, pid: int, stat: bytes, command: bytes = b"python\0-m\0local\0") -> None:
    (proc / str(pid)).mkdir()
    (proc / str(pid) / "stat").write_bytes(stat)
    (proc / str(pid) / "cmdline").write_bytes(command)


@pytest.mark.parametrize("name", [b"\xc3", "é".encode(), b"a) R 9 9 (b", b"line\nbreak", b"\xff\xfe"])
def test_any_process_name_is_parsed(proc, name):
    process(proc, 7, b"7 (" + name + b") S 1 5 5 0")

    [found] = group_members(5)

    assert (found.pid, found.command) == (7, "python -m local ")


def test_a_process_that_ends_while_it_is_read_is_omitted(proc):
    process(proc, 7, b"")
    process(proc, 8, b"8 (x) Z 1 5 5 0")

    assert group_members(5) == []


def test_the_own_process_is_found():
    assert os.getpid() in {member.pid for member in group_members(os.getpgrp())}


def test_a_killed_process_is_gone_when_the_call_returns_and_the_others_run():
    with subprocess.Popen(["sh", "-c", "sleep 61 & exec sleep 60"], start_new_session=True) as leader:
        while len(members := group_members(leader.pid)) < 2:
            pass
        first, second = sorted(members, key=lambda member: member.pid)

        kill_members(leader.pid, [first])

        assert [member.pid for member in group_members(leader.pid)] == [second.pid]
        kill_members(leader.pid, [second])
        assert group_members(leader.pid) == []


def test_no_client_of_the_stack_uses_the_users_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.invalid:3128")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    client = MiniStack("http://127.0.0.1:9", None).client("sts")

    assert client._endpoint.http_session._proxy_config.proxy_url_for("http://127.0.0.1:9") is None


@pytest.mark.parametrize("module", sorted(Path(local.__path__[0]).glob("*.py")), ids=lambda path: path.name)
def test_every_http_call_of_the_stack_ignores_the_environments_proxy(module):
    calls = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
    makes = {"get", "post", "put", "request", "stream", "Client", "AsyncClient"}

    found = [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "httpx"
        and call.func.attr in makes
    ]

    assert [ast.unparse(call) for call in found if "trust_env=False" not in ast.unparse(call)] == []
