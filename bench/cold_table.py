"""The table of cold starts, for the terminal and for docs/performance.md."""

import os
import platform
import statistics
import time
from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = """\
| function | ms | of the reference | of the one without Lambda's variables | CPU ms | of the reference's | MiB | modules | heavy ones among them |
|---|---|---|---|---|---|---|---|---|"""  # noqa: E501

Runs = Mapping[str, Sequence[Mapping[str, Any]]]


def table_of(runs: Runs, reference: str, plain: str) -> str:
    """The medians of the `runs` of each place, and their ratios to the places `reference` and `plain`."""

    def median(place: str, figure: str) -> float:
        return statistics.median(run[figure] for run in runs[place])

    def row(place: str) -> str:
        seconds, cpu = median(place, "seconds"), median(place, "cpu")
        cells = [
            place,
            f"{seconds * 1000:.0f}",
            f"{seconds / median(reference, 'seconds'):.2f}",
            f"{seconds / median(plain, 'seconds'):.2f}",
            f"{cpu * 1000:.0f}",
            f"{cpu / median(reference, 'cpu'):.2f}",
            f"{median(place, 'mib'):.0f}",
            f"{runs[place][-1]['modules']}",
            ", ".join(runs[place][-1]["heavy"]),
        ]
        return f"| {' | '.join(cells)} |"

    return "\n".join([_HEAD, *map(row, runs)])


def describe_run(rounds: int) -> str:
    """How and where the runs were measured."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return f"Medians of {rounds} cold processes each, interleaved; {machine}, load {os.getloadavg()[0]:.1f}; {day}."
