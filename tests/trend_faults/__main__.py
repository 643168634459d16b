"""`python -m tests.trend_faults` runs each source of trends with each failure and prints a table.

It exits with 1 if a cell fails. It is the second part of `make faults` and uses a separate stack. TREND_FAULTS is a
regular expression that selects cells.
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
