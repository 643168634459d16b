"""`pip install ./sandbox` installs the whole sandbox, its command and its dependencies, and nothing of Dropcast."""

import ast
import configparser
import re
import sys
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path

import pytest
from hatchling.build import build_wheel
from packaging.requirements import Requirement

from local.folder import ROOT
from sandbox.__main__ import main

FOLDER = ROOT / "sandbox"
PACKAGES = {"multipart": "python-multipart", "PIL": "pillow"}
"""The distributions whose names differ from the names of their packages."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(FOLDER)
        return folder / build_wheel(str(folder))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    return Parser().parsestr(read(wheel, "METADATA"))


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        [path] = [one for one in archive.namelist() if one.endswith(f".dist-info/{name}")]
        return archive.read(path).decode()


def test_the_wheel_has_every_module_and_page_of_the_sandbox(wheel):
    files = {file.relative_to(ROOT).as_posix() for kind in ("*.py", "*.html") for file in FOLDER.rglob(kind)}

    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert packed == files


def test_the_wheel_has_the_command(wheel):
    scripts = configparser.ConfigParser()
    scripts.read_string(read(wheel, "entry_points.txt"))

    module, _, function = scripts["console_scripts"]["tiktok-sandbox"].partition(":")

    assert getattr(sys.modules[module], function) is main


def test_the_wheel_names_what_the_sandbox_imports(metadata):
    imported = {
        name.partition(".")[0]
        for file in FOLDER.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else names(node))
    }
    third_party = imported - sys.stdlib_module_names - {"sandbox"}
    # starlette needs it to parse forms
    needed = {PACKAGES.get(name, name) for name in third_party | {"multipart"}}

    declared = [Requirement(one) for one in metadata.get_all("Requires-Dist", [])]

    assert {one.name for one in declared} == needed
    assert [str(one) for one in declared if version(one.name) not in one.specifier] == []


def names(node: ast.AST) -> list[str]:
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def test_the_wheel_has_a_licence_and_a_readme(wheel, metadata):
    assert "Apache License" in read(wheel, "licenses/LICENSE")
    assert metadata["License-Expression"] == "Apache-2.0"
    assert re.search("pip install ./sandbox", str(metadata.get_payload()))
