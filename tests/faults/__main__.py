"""`make faults` runs the matrix on a separate stack and prints a table. Exits with 1 if a cell fails.

A run writes its rows into the table of docs/reliability.md.
"""

import argparse
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import report
from tests.faults.cells import CELLS
from tests.faults.matrix import HEAD, Outcome, run
from tests.faults.stand import stand


def main() -> int:
    asked = argparse.ArgumentParser(prog="make faults", description=__doc__)
    asked.add_argument("--only", default="", help="cells of whose step and fault this is a part (a regular expression)")
    asked.add_argument("--lanes", type=int, default=6, help="how many cells run at a time (6)")
    chosen = asked.parse_args()
    cells = [cell for cell in CELLS if re.search(chosen.only, f"{cell.step}: {cell.fault}")]
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, stand(Path(folder)) as running:
        print(HEAD)
        outcomes = [_shown(one) for one in run(cells, running, lanes=chosen.lanes)]
        minutes = (time.monotonic() - began) / 60
        print(f"\n{report.figures(outcomes, minutes)}")
        report.write(outcomes, CELLS, minutes)
    return 1 if any(one.complaints for one in outcomes) else 0


def _shown(outcome: Outcome) -> Outcome:
    print(outcome.row(), flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
