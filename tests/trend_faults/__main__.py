"""python -m tests.trend_faults: each source of trends against each way of failing, as a table. Exit 1 if a cell fails.

The second part of `make faults`, on a stack of its own; TREND_FAULTS: a regular expression for some cells.
"""

import re
import sys

from local.options import Options
from local.stack import local_stack
from local.stack_client import StackClient
from tests.e2e.conftest import TRENDS
from tests.trend_faults.cells import CELLS
from tests.trend_faults.matrix import HEAD, run


def main() -> int:
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    cells = [cell for cell in CELLS if re.search(only, f"{cell.source} {cell.kind} {cell.wrong}")]
    bad = 0
    with local_stack(options=Options(settings=TRENDS)) as stack:
        print(HEAD)
        for outcome in run(cells, StackClient(stack)):
            print(outcome.row(), flush=True)
            bad += bool(outcome.complaints)
    print(f"\n{len(cells) - bad} of {len(cells)} cells hold")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
