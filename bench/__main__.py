"""`make bench` runs all benchmarks. `BENCH=transfer make bench` runs one, with the arguments in BENCH_ARGS."""

import os
import platform
import subprocess
import sys
from pathlib import Path

PARTS = {
    "transfer": "bench.transfer",
    "cold": "bench.cold_start",
    "cost": "bench.publish_cost",
    "refresh": "bench.refresh",
    "webhooks": "bench.webhooks",
    "help": "bench.command_help",
}


def main() -> None:
    chosen = os.environ.get("BENCH", "")
    if chosen and chosen not in PARTS:
        sys.exit(f"BENCH is one of {', '.join(PARTS)}, not {chosen}")
    print(f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, ", end="")
    print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}", flush=True)
    for part, module in PARTS.items():
        if chosen in ("", part):
            print(f"\n# {part}", flush=True)
            arguments = sys.argv[1:] if chosen else []
            subprocess.run([sys.executable, "-m", module, *arguments], check=True)


def _processor() -> str:
    """The processor's name. If Linux does not report it, the type of the machine."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
