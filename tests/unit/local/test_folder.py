import os
from pathlib import Path

import pytest

from local import folder
from local.folder import AlreadyOwned, claim, owner_pid, sweep


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folder, "HOME", tmp_path)
    return tmp_path


def test_a_folder_has_one_owner_at_a_time():
    mine = claim("a")

    with pytest.raises(AlreadyOwned):
        claim("a")

    assert owner_pid("a") == os.getpid()
    mine.release()
    claim("a").release()


def test_a_released_folder_leaves_only_its_log(home: Path):
    mine = claim("a")
    (mine.path / "state").mkdir()

    mine.release()

    assert owner_pid("a") is None
    assert [path.name for path in home.iterdir()] == ["a.log"]


def test_the_sweep_removes_only_folders_without_an_owner(home: Path):
    mine, theirs = claim("mine"), claim("theirs")
    os.close(theirs._lock)  # like the system after the owner is killed

    assert sweep() == ["theirs"]

    assert mine.path.is_dir()
    assert not theirs.path.exists()
    mine.release()


def test_an_unrelated_process_with_a_recorded_pid_is_not_killed():
    mine = claim("a")
    (mine.path / "groups").write_text(f"{os.getpgrp()}\n")

    assert folder.left_running(mine.path) == []
    mine.release()
