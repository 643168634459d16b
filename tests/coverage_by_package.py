"""Prints the branch coverage of each package of the library: `python -m tests.coverage_by_package REPORT`.

REPORT is the output of `coverage json`. Exits with 1 if a package is below the minimum for packages. The percentage is
coverage's own, of lines and branches together. The last column has only the branches.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LEAST_PERCENT = 95.0
_LIBRARY = "layers/dropcast/python/"
_COUNTS = ("covered_branches", "num_branches", "covered_lines", "num_statements")


def main(report: dict[str, Any]) -> int:
    packages = counts_by_package(report["files"])
    print(*table(packages), sep="\n")
    below = [name for name, counts in packages.items() if percent_covered(counts) < LEAST_PERCENT]
    for name in below:
        print(f"{name} is below {LEAST_PERCENT} %", file=sys.stderr)
    return 1 if below else 0


def counts_by_package(files: dict[str, dict[str, Any]]) -> dict[str, Counter[str]]:
    """The sums of coverage's counts over the modules of each package, sorted by the package's name."""
    packages: dict[str, Counter[str]] = {}
    for path, file in files.items():
        name = str(Path(path.removeprefix(_LIBRARY)).parent)
        packages.setdefault(name, Counter()).update({count: file["summary"][count] for count in _COUNTS})
    return dict(sorted(packages.items()))


def table(packages: dict[str, Counter[str]]) -> Iterator[str]:
    """One line for each package, then one line for the library."""
    yield f"{'package':40} {'coverage':>9} {'branches':>9}"
    for name, counts in [*packages.items(), ("all", sum(packages.values(), Counter()))]:
        branches = _percent(counts["covered_branches"], counts["num_branches"])
        yield f"{name:40} {percent_covered(counts):7.1f} % {branches:7.1f} %"


def percent_covered(counts: Counter[str]) -> float:
    """The percentage of the lines and branches that ran."""
    covered = counts["covered_lines"] + counts["covered_branches"]
    return _percent(covered, counts["num_statements"] + counts["num_branches"])


def _percent(covered: int, total: int) -> float:
    return 100 * covered / total if total else 100.0


if __name__ == "__main__":
    sys.exit(main(json.loads(Path(sys.argv[1]).read_text())))
