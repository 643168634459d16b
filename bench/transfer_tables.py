"""The tables of the transfer's benchmark."""

import io
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench.cage import CORE_MB
from bench.contestants import DYNAMODB_S

MIB = 1024 * 1024
TRANSFER_MB = 512
"""The memory of the function workflow/transfer, in MB."""

CONTESTANTS = {
    "relay": "C relay (the limit)",
    "ours": "Dropcast's transfer",
    "chunk_by_chunk": "get a chunk, put a chunk",
    "whole_file": "whole file, then one PUT",
}


def explain_run(cage: Path | None) -> str:
    """The date, the machine's load, and how `cage` limits the contestants' processor time."""
    begun = f"{time.strftime('%Y-%m-%d')}, load {os.getloadavg()[0]:.1f} at the start"
    if cage is None:
        limit = "No CPU cgroup may be made here, so the contestants are not limited and no processor time is printed."
    else:
        share = f"{TRANSFER_MB} of {CORE_MB:,} MB, {TRANSFER_MB / CORE_MB:.2f} of a core"
        limit = f"A CPU cgroup gives each contestant the Lambda's share of the processor: {share}."
    return f"{begun}. {limit}\nA DynamoDB call is assumed to take {DYNAMODB_S * 1000:.0f} ms."


class Tee(io.StringIO):
    """Keeps what is printed, and also prints it."""

    def write(self, text: str) -> int:
        print(text, end="", file=sys.__stdout__, flush=True)
        return super().write(text)


def print_table(taken: dict[str, list[dict[str, Any]]], size: int, ideal: float | None, *, with_cpu: bool) -> None:
    """Print one row per contestant. `ideal`: the ideal seconds of the case, or None if the case has no limits."""

    def median(name: str, figure: str) -> float:
        return statistics.median(one[figure] for one in taken[name])

    relay_cpu = median("relay", "cpu") if with_cpu and taken.get("relay") else None
    peers = median("chunk_by_chunk", "seconds") if taken.get("chunk_by_chunk") else None
    print(f"Ideal: {ideal:.2f} s.\n" if ideal else "")
    heads = ["", "s (least–most)", "of ideal", "against chunk by chunk", "TLS CPU s/GiB", "of the C relay's"]
    print(f"| {' | '.join(heads)} | RSS over idle, MiB |")
    print("|---|---|---|---|---|---|---|")
    for name, told in taken.items():
        if not told:
            print(f"| {CONTESTANTS[name]} | did not finish | | | | | |")
            continue
        seconds, cpu = median(name, "seconds"), median(name, "cpu")
        spread = f"{min(one['seconds'] for one in told):.2f}–{max(one['seconds'] for one in told):.2f}"
        cells = [
            CONTESTANTS[name] + several(told),
            f"{seconds:.2f} ({spread})",
            f"{ideal / seconds:.3f}" if ideal else "",
            f"{peers / seconds:.2f}x" if peers else "",
            f"{cpu * 1024 * MIB / size:.2f}" if with_cpu else "",
            f"{cpu / relay_cpu:.2f}" if relay_cpu else "",
            f"{median(name, 'rss') / MIB:.1f}" if "rss" in told[0] else "",
        ]
        print(f"| {' | '.join(cells)} |")


def several(told: list[dict[str, Any]]) -> str:
    """A note that says in how many runs several GETs read the source. Empty if there was no such run."""
    changed = sum(bool(one.get("parallel")) for one in told)
    return f" (several GETs in {changed} of {len(told)})" if changed else ""
