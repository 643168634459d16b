"""`make faults`: the whole matrix on a stack of its own, as a table. Exit 1 if a cell does not hold."""

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from local.journey import Journey
from local.options import Options
from local.stack import local_stack
from tests.e2e.road import Videos
from tests.faults.aws import AwsBetween
from tests.faults.cells import CELLS
from tests.faults.matrix import HEAD, Outcome, run

# Short windows, so that what TikTok's 429 holds goes on soon; the budgets themselves have tests of their own.
_CALLS = ("creator_info", "video_init", "inbox_init", "content_init", "status")
_BUDGETS = ",".join([*(f"{call}=100/5" for call in _CALLS), "direct_posts=100/240", "pending_drafts=100/240"])
_SCOPES = "user.info.basic,video.list,video.publish,video.upload"


def main() -> int:
    asked = argparse.ArgumentParser(prog="make faults", description=__doc__)
    asked.add_argument("--only", default="", help="cells of whose step and fault this is a part (a regular expression)")
    asked.add_argument("--lanes", type=int, default=6, help="how many cells run at a time (6)")
    chosen = asked.parse_args()
    cells = [cell for cell in CELLS if re.search(chosen.only, f"{cell.step}: {cell.fault}")]
    options = Options(webhooks="absent", budgets=_BUDGETS, scopes=_SCOPES)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        AwsBetween() as aws,
        local_stack(options=options, between=aws) as stack,
    ):
        aws.group = stack.emulator.child.pid
        print(HEAD)
        outcomes = [_shown(one) for one in run(cells, Journey(stack), Videos(Path(folder)), aws, lanes=chosen.lanes)]
    bad = [one for one in outcomes if one.complaints]
    minutes = (time.monotonic() - began) / 60
    print(f"\n{len(outcomes) - len(bad)} of {len(outcomes)} cells hold; {minutes:.1f} minutes, {os.cpu_count()} cores")
    return 1 if bad else 0


def _shown(outcome: Outcome) -> Outcome:
    print(outcome.row(), flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
