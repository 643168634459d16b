"""Only valid names are accepted for a stack, and a stack removes only its own files."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from local import folder
from local.__main__ import app
from local.folder import MARKER, AlreadyOwned, FolderRefused, NameRefused, claim, folder_path, owner_pid, sweep

NO_NAMES = [
    "", ".", "..", "/", "a/b", "../checkout", "a/../../checkout", "~", "-x", "_x", "a.b", "a b", "a\n", "a\0", "ä", "१",
    "a" * 42, "{checkout}", "{checkout}/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folder, "HOME", tmp_path / "dropcast" / ".local")
    folder.HOME.mkdir(parents=True)
    return folder.HOME


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    made = tmp_path / "checkout"
    (made / ".git").mkdir(parents=True)
    (made / ".git" / "HEAD").write_text("ref: refs/heads/main")
    return made


def everything(path: Path) -> set[Path]:
    return set(path.rglob("*"))


@pytest.mark.parametrize("text", NO_NAMES)
def test_an_invalid_name_touches_no_file(tmp_path, checkout, text):
    name, before = text.format(checkout=checkout), everything(tmp_path)

    for function in (claim, owner_pid, folder_path):
        with pytest.raises(NameRefused):
            function(name)

    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", ["up", "run", "down"])
@pytest.mark.parametrize("text", ["..", "{checkout}", "../../checkout", "a\n"])
def test_a_command_refuses_an_invalid_name(tmp_path, checkout, command, text):
    name, before = text.format(checkout=checkout), everything(tmp_path)

    given = CliRunner().invoke(app, [command, "--name", name])
    found = CliRunner().invoke(app, [command], env={"DROPCAST_STACK": name})

    assert (given.exit_code, found.exit_code) == (2, 2)
    assert "not a valid name of a stack" in " ".join(given.stderr.replace("│", "").split())
    assert everything(tmp_path) == before


def test_a_variable_of_another_tool_does_not_name_a_stack():
    result = CliRunner().invoke(app, ["down"], env={"STACK": "/somewhere/else"})

    assert "no stack main was running" in result.stderr


def test_foreign_lock_files_are_not_listed_as_stacks(home, tmp_path, checkout):
    (home / "..lock").touch()
    (home / "a.b.lock").touch()
    before = everything(tmp_path)

    assert sweep() == []
    assert CliRunner().invoke(app, ["status"]).stdout == ""
    assert everything(tmp_path) == before


@pytest.mark.parametrize("kind", ["folder", "link to a folder", "file"])
def test_foreign_files_are_not_removed(home, checkout, kind):
    place = home / "main"
    if kind == "folder":
        checkout.rename(place)
    elif kind == "file":
        place.write_text("notes")
    else:
        place.symlink_to(checkout)
        (checkout / MARKER).touch()
    before = everything(home)

    with pytest.raises(FolderRefused, match="move it away"):
        claim("main")
    (home / "main.lock").touch()
    assert sweep() == []

    assert everything(home) == before
    assert kind == "file" or (place / ".git" / "HEAD").exists()


def test_a_removal_does_not_follow_links_inside_the_folder(home, checkout):
    mine = claim("main")
    (mine.path / "elsewhere").symlink_to(checkout)

    mine.release()

    assert not mine.path.exists()
    assert (checkout / ".git" / "HEAD").exists()


def test_a_symbolic_link_as_log_file_is_not_followed(home, checkout):
    (home / "main.log").symlink_to(checkout / ".git" / "HEAD")

    claim("main").release()

    assert (checkout / ".git" / "HEAD").read_text() == "ref: refs/heads/main"


@pytest.mark.parametrize("left", [[], [MARKER], [MARKER, "state"]])
def test_an_interrupted_start_or_removal_is_continued(home, left):
    (home / "main").mkdir()
    for name in left:
        (home / "main" / name).touch()

    claim("main").release()

    assert not (home / "main").exists()


def test_a_start_waits_for_a_sweep_that_holds_the_lock(home):
    swept = os.open(home / "main.lock", os.O_RDWR | os.O_CREAT)
    os.write(swept, b"4194305")  # the pid of a dead owner: above the highest possible pid
    fcntl.flock(swept, fcntl.LOCK_EX)
    sweeper = threading.Timer(0.1, os.close, [swept])
    sweeper.start()

    mine = claim("main")

    assert owner_pid("main") == os.getpid()
    mine.release()
    sweeper.join()


def test_a_start_does_not_wait_for_a_living_owner():
    mine = claim("main")
    began = time.monotonic()

    with pytest.raises(AlreadyOwned):
        claim("main")

    assert time.monotonic() - began < folder._SWEEP_S / 3
    mine.release()


def test_the_pid_of_a_dead_owner_is_not_returned(home):
    left = claim("main")
    os.close(left._lock)  # like the system after the owner is killed
    with (home / "main.lock").open() as probing:
        fcntl.flock(probing, fcntl.LOCK_SH)

        assert owner_pid("main") is None
