import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import cli
from dropcast.errors.problem import CATALOGUE

ROOT = Path(__file__).parents[3]


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["errors", *words])
    return result.exit_code, result.stdout


def test_the_page_matches_the_catalogue():
    _, page = run("--markdown")

    assert (ROOT / "docs/errors.md").read_text() == page, "make format writes it anew"


def test_the_page_has_every_code_once_with_an_anchor():
    _, page = run("--markdown")

    assert [code for code in CATALOGUE if page.count(f'| <a id="{code}"></a>`{code}` |') != 1] == []


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_is_printed_with_its_fix(code):
    status, told = run(code)

    assert status == 0
    assert CATALOGUE[code].message in told
    assert CATALOGUE[code].fix in told


def test_all_codes_are_listed():
    _, told = run()

    assert [line.split()[0] for line in told.splitlines()[1:]] == list(CATALOGUE)


def test_json_is_one_object_or_all_of_them():
    one, every = json.loads(run("rate_limit_exceeded", "--json")[1]), json.loads(run("--json")[1])

    entry = CATALOGUE["rate_limit_exceeded"]
    assert one == {
        "code": "rate_limit_exceeded",
        "status": entry.status,
        "message": entry.message,
        "fix": entry.fix,
        "next": entry.next.value,
    }
    assert [found["code"] for found in every] == list(CATALOGUE)
    assert one in every


def test_an_unknown_code_is_an_error():
    assert run("nonsense") == (2, "")
