"""`make faults` runs a queue of 10,000 publishes over 30 days with random faults.

Exits with 1 if a guarantee was broken.
"""

import argparse
import sys
import time

from tests.long_queue.simulation import simulate

UNITS_MAX = 24
ROWS_MAX = 25


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.long_queue", description=__doc__)
    asked.add_argument("--publishes", type=int, default=10_000)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--seed", type=int, default=20261129)
    chosen = asked.parse_args()
    began = time.monotonic()
    outcome = simulate(chosen.publishes, chosen.days, chosen.seed)
    print(f"\n{chosen.publishes} publishes of one account, {chosen.days} days, seed {chosen.seed}:")
    print(f"{outcome.posted} posted, {outcome.waiting} wait; {time.monotonic() - began:.0f} s")
    print(f"write units of a change: {outcome.median_units} at the median, {outcome.units} at most (bound {UNITS_MAX})")
    print(f"rows of a query: {outcome.rows} at most (bound {ROWS_MAX})")
    print(", ".join(f"{what}: {count}" for what, count in sorted(outcome.ends.items())))
    for complaint in outcome.complaints:
        print(f"**no: {complaint}**")
    return 1 if outcome.complaints or outcome.units > UNITS_MAX or outcome.rows > ROWS_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
