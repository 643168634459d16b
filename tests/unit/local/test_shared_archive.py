import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.shared_archive import SharedArchive


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shared"))
    (tmp_path / "shared").mkdir()
    return tmp_path


def archive(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("python/dropcast/clock.py", text)
        packed.writestr("handler.py", "def handler(): ...")
    return path


def unpack(path: Path, target: Path) -> None:
    target.mkdir()
    with SharedArchive(path) as packed:
        packed.extractall(target)


def test_many_concurrent_readers_find_the_whole_content_and_share_one_copy(temporary: Path):
    path = archive(temporary, "layer.zip", "now = 1")
    targets = [temporary / f"process-{number}" for number in range(12)]

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda target: unpack(path, target), targets))

    assert {(target / "python" / "dropcast" / "clock.py").read_text() for target in targets} == {"now = 1"}
    assert len({(target / "handler.py").resolve() for target in targets}) == 1
    assert [copy.suffix for copy in (temporary / "shared").iterdir()] == [""]


def test_different_content_gets_a_different_copy(temporary: Path):
    unpack(archive(temporary, "old.zip", "now = 1"), temporary / "old")
    unpack(archive(temporary, "new.zip", "now = 2"), temporary / "new")

    assert (temporary / "old/python/dropcast/clock.py").read_text() == "now = 1"
    assert (temporary / "new/python/dropcast/clock.py").read_text() == "now = 2"
