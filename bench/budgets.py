"""Many publishes at once on a few accounts, with short budget windows: `make soak`.

With options: python -m bench.budgets --each 30.

It runs the whole local stack with the sandbox as TikTok, and compares the outcome with the sandbox's journal. Exits
with 1 if a guarantee was not kept.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from dropcast.settings import Settings
from local.options import Options
from local.stack import local_stack
from local.video import padded_video
from tests.e2e.load import Outcome, Windows, run

_VIDEO_BYTES = 300_000


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wish.add_argument("--accounts", type=int, default=10)
    wish.add_argument("--each", type=int, default=30, help="publishes of each account")
    wish.add_argument("--per-second", type=float, default=0.5, help="how many publishes are requested in a second")
    wish.add_argument("--functions", type=int, default=60, help="how many functions run at once")
    wish.add_argument("--minute", type=int, default=150, help="seconds that count as a minute")
    wish.add_argument("--day", type=int, default=600, help="seconds that count as a day")
    wish.add_argument("--seconds", type=int, default=3600, help="give up after")
    chosen = wish.parse_args()
    windows = Windows(inits=6, minute_s=chosen.minute, posts=15, day_s=chosen.day)
    options = Options(settings={Settings.budgets: windows.of_the_stack()}, functions_at_once=chosen.functions)
    with tempfile.TemporaryDirectory() as folder, local_stack(options=options) as stack:
        video = Path(folder) / "small.mp4"
        padded_video(video, _VIDEO_BYTES)
        run(stack, video, accounts=1, each=1, windows=windows, seconds=chosen.seconds)  # warms up all functions
        outcome = run(
            stack,
            video,
            accounts=chosen.accounts,
            each=chosen.each,
            windows=windows,
            seconds=chosen.seconds,
            per_second=chosen.per_second,
        )
    sys.exit(0 if _print_outcome(outcome) else 1)


def _print_outcome(outcome: Outcome) -> bool:
    """Print the outcome; return whether every guarantee was kept."""
    windows, accounts = outcome.windows, outcome.accounts
    states = [one["state"] for one in outcome.shown.values()]
    refusals = [refusal for account in accounts for refusal in account.refusals]
    swapped, holds = outcome.swapped(), outcome.holds()
    reserved = [late for account in outcome.calm for late in account.reserved_late(windows)]
    gone = [late for account in outcome.calm for late in account.gone_late(windows)]
    first, last = min(a.inits[0] for a in accounts), max(a.inits[-1] for a in accounts)
    lines = {
        "publishes": f"{len(states)} of {len(accounts)} accounts, {states.count('published')} published",
        "windows": f"{windows.inits} inits in {windows.minute_s} s, {windows.posts} posts in {windows.day_s} s",
        "TikTok refused": f"{len(refusals)} {sorted(set(refusals))}",
        "most inits in a window": max(account.most_within(windows.minute_s) for account in accounts),
        "most posts in a window": max(account.most_within(windows.day_s) for account in accounts),
        "accounts without a killed Start": len(outcome.calm),
        "publishes that overtook another": len(swapped),
        "from first to last init": f"{last - first:.0f} s",
        "slots later than allowed": _spread(reserved),
        "inits later than allowed": _spread(gone),
        "longest Start on this machine": f"{outcome.slowness() if outcome.calm else 60:.1f} s",
        "waited": f"{len(holds)}, each {min(holds, default=0)} to {max(holds, default=0)} times, {sum(holds)} in all",
        "transitions of one that waited": _spread(
            [float(len(names)) for names in outcome.states.values() if "Hold" in names], "", 0
        ),
    }
    for name, value in lines.items():
        print(f"{name:32} {value}")
    return not refusals and not swapped and set(states) == {"published"} and max(reserved, default=0) <= 2


def _spread(values: list[float], unit: str = " s", digits: int = 1) -> str:
    if not values:
        return "none"
    return f"median {statistics.median(values):.{digits}f}{unit}, most {max(values):.{digits}f}{unit}"


if __name__ == "__main__":
    main()
