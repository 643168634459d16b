"""Checks the console's scripts without running them: each can be loaded, and none writes text into the page as HTML or
code.
"""

import re
import subprocess
from pathlib import Path

import pytest

from infra.console_assets import own_files
from infra.node import NODE
from tests.unit.support.console import ROOT

FOLDER = ROOT / "functions/http/console/static"
SCRIPTS = sorted(name for name in own_files(ROOT) if name.endswith(".js"))
SINKS = re.compile(
    r"\.(innerHTML|outerHTML|srcdoc|insertAdjacentHTML|createContextualFragment|setHTMLUnsafe)\b|\bdocument\.write"
    r"|\bDOMParser\b|\beval\s*\(|\bFunction\s*\(|\bset(Timeout|Interval)\s*\(\s*[\"'`]|\bjavascript:|\.on\w+\s*=\s*[\"'`]"
)
# Compiles each module and resolves its imports from the others. No module runs.
LINK = """
const { readFileSync } = require("fs");
const { SourceTextModule } = require("vm");
const [folder, ...names] = process.argv.slice(1);
const compile = (name) => new SourceTextModule(readFileSync(`${folder}/${name}`, "utf8"), { identifier: name });
const modules = new Map(names.map((name) => [`./${name}`, compile(name)]));
const find = (specifier) => modules.get(specifier) ?? Promise.reject(new Error(`there is no ${specifier}`));
const link = async () => {
  for (const module of modules.values()) if (module.status === "unlinked") await module.link(find);
};
link();
"""


def problems_of(folder: Path, names: list[str]) -> str:
    """The reason why a browser could not load these modules. Empty if it could."""
    command = [str(NODE), "--experimental-vm-modules", "--no-warnings", "-e", LINK, str(folder), *names]
    return subprocess.run(command, capture_output=True, text=True).stderr


def test_every_script_has_valid_syntax_and_imports_what_exists():
    assert len(SCRIPTS) >= 10
    assert problems_of(FOLDER, SCRIPTS) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("const a = ;", "SyntaxError: Unexpected token ';'"),
        ("import { b } from './b.js';", "does not provide an export named 'b'"),
        ("import { c } from './c.js';", "there is no ./c.js"),
    ],
)
def test_a_script_that_no_browser_can_load_is_found(tmp_path, text, problem):
    (tmp_path / "a.js").write_text(text)
    (tmp_path / "b.js").write_text("export const other = 1;")

    assert problem in problems_of(tmp_path, ["a.js", "b.js"])


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_writes_no_html_and_runs_no_text(name):
    text = (FOLDER / name).read_text()

    assert [found[0] for found in SINKS.finditer(text)] == []


@pytest.mark.parametrize(
    "text", ["row.innerHTML = x", "document.write(x)", "eval (x)", "new Function(x)", "setTimeout('x()', 1)"]
)
def test_the_search_finds_a_forbidden_call(text):
    assert SINKS.search(text)
