"""The minimum coverage that `make coverage` requires."""

from tests.coverage_by_package import main

LIBRARY = "layers/dropcast/python/dropcast"


def file(branches: tuple[int, int], lines: tuple[int, int]) -> dict[str, dict[str, int]]:
    counts = {
        "covered_branches": branches[0],
        "num_branches": branches[1],
        "covered_lines": lines[0],
        "num_statements": lines[1],
    }
    return {"summary": counts}


def test_the_table_sums_the_modules_of_a_package(capsys):
    report = {
        "files": {
            f"{LIBRARY}/media/mp4/boxes.py": file((90, 100), (100, 100)),
            f"{LIBRARY}/media/mp4/tracks.py": file((98, 100), (96, 100)),
            f"{LIBRARY}/media/limits.py": file((0, 0), (5, 5)),
            f"{LIBRARY}/media/__init__.py": file((0, 0), (0, 0)),
        }
    }

    exit_code = main(report)

    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert exit_code == 0
    assert rows == [
        ["dropcast/media", "100.0", "%", "100.0", "%"],
        ["dropcast/media/mp4", "96.0", "%", "94.0", "%"],
        ["all", "96.0", "%", "94.0", "%"],
    ]


def test_a_package_below_the_minimum_fails_the_gate_and_is_named(capsys):
    report = {
        "files": {
            f"{LIBRARY}/ids.py": file((95, 100), (95, 100)),
            f"{LIBRARY}/budgets/ledger.py": file((90, 100), (99, 100)),
            f"{LIBRARY}/tiktok/client.py": file((100, 100), (100, 100)),
        }
    }

    exit_code = main(report)

    assert exit_code == 1
    assert capsys.readouterr().err.splitlines() == ["dropcast/budgets is below 95.0 %"]
