"""Limits the size of files and folders, and forbids cycles and imports from later folders (CONTRIBUTING.md)."""

import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "layers/dropcast/python/dropcast"
LINES_MAX = 300
MODULES_MAX = 15


def files() -> list[Path]:
    tracked = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in tracked.splitlines()]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git clone")
def test_no_file_has_more_than_300_lines():
    long = {
        str(file.relative_to(ROOT)): lines for file in files() if (lines := file.read_text().count("\n")) > LINES_MAX
    }

    assert long == {}


def test_no_folder_of_the_library_has_more_than_fifteen_modules():
    folders = [LIBRARY, *(path for path in LIBRARY.rglob("*") if path.is_dir() and path.name != "__pycache__")]

    counts = {
        str(folder.relative_to(LIBRARY)): sum(f.name != "__init__.py" for f in folder.glob("*.py"))
        for folder in folders
    }

    assert {folder: count for folder, count in counts.items() if count > MODULES_MAX} == {}


@pytest.mark.parametrize("package", ["dropcast", "sandbox"])
def test_no_modules_import_each_other_in_a_cycle(package):
    graph = grimp.build_graph(package)

    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}

    TopologicalSorter(imports).prepare()


@pytest.mark.parametrize(
    ("folder", "above"),
    [
        ("layers", "functions infra dropcast_client sandbox local cli"),
        ("functions", "infra dropcast_client sandbox local cli"),
        ("infra", "dropcast_client sandbox local cli"),
        ("clients", "dropcast functions infra sandbox local cli"),
        ("sandbox", "dropcast dropcast_client functions infra local cli"),
        ("local", "dropcast_client cli"),
    ],
)
def test_a_folder_imports_no_folder_above_it(folder, above):
    pattern = rf"^\s*(from|import) ({above.replace(' ', '|')})(\.|\s)"

    found = [
        f"{file.relative_to(ROOT)}: {line}"
        for file in (ROOT / folder).rglob("*.py")
        for line in file.read_text().splitlines()
        if re.match(pattern, line)
    ]

    assert found == []
