"""Measures the speed, memory and processor time of a transfer from S3 to TikTok: `BENCH=transfer make bench`.

Each contestant runs in its own process, in turns, with the processor time of the Lambda. The receiver's SHA-256 is
checked every time. If no case is left out, the tables are written into docs/performance.md.
"""

import argparse
import hashlib
import json
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.cage import cpu_cage, enter, memory_cage
from bench.certificate import Certificate, make_certificate
from bench.contestants import Job
from bench.links import Link, link
from bench.performance_page import write_part
from bench.transfer_tables import CONTESTANTS, MIB, TRANSFER_MB, Tee, explain_run, print_table, several
from dropcast.settings import Settings

MB = 1_000_000
DEFAULT_CHUNK = int(Settings.upload_chunk_bytes.default)
LAMBDA_BYTES = 256 * MIB
_AS_LAMBDA = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(TRANSFER_MB)}


@dataclass(frozen=True)
class Case:
    """Rates in bytes a second (0: unlimited). Delays in seconds, of the source's first byte and of the sink's
    answer.
    """

    name: str
    source: float
    sink: float
    first_byte_s: float
    answer_s: float

    def ideal(self, size: int) -> float:
        """The seconds that the sink needs, plus the delay of the first byte if it is long. The source's rate does not
        count: it is per connection, and Dropcast can use several.
        """
        return size / self.sink + (self.first_byte_s if self.first_byte_s >= 0.1 else 0.0)


NETWORK = Case("Network", 60 * MB, 40 * MB, 0.02, 0.02)
SLOW_SOURCE = Case("Slow source", 25 * MB, 40 * MB, 0.15, 0.02)
NO_LIMIT = Case("No limit", 0, 0, 0, 0)


@dataclass
class Ends:
    """The running origin and sink for one case and one file."""

    link: Link
    certificate: Certificate
    origin: int
    sink: int
    sha256: str
    size: int

    def run(
        self, contestant: str, chunk: int, relay: Path | None, cage: Path | None, variables: Mapping[str, str]
    ) -> dict[str, Any] | None:
        """Run one contestant with additional environment variables. Return its figures, or None if it failed.

        AssertionError if the bytes are wrong.
        """
        job = Job(
            origin=self._at(self.origin),
            sink=f"{self._at(self.sink)}/video/?upload_id=1",
            size=self.size,
            chunk=chunk,
        )
        command = [sys.executable, "-m", "bench.contestants", contestant, json.dumps(asdict(job))]
        if contestant == "relay":
            ports = [self.link.address, str(self.origin), "/bench/video.mp4", str(self.sink), "/video/?upload_id=1"]
            command = [str(relay), *ports, str(self.size), str(chunk), str(self.certificate.authority)]
        done = subprocess.run(
            [*self.link.enter, *command],
            env=self._environment() | variables,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=(lambda: enter(cage)) if cage else None,
        )
        received = self._result()
        if done.returncode:
            print(f"  {contestant} ended with {done.returncode} {done.stderr.strip()[-300:]}", file=sys.stderr)
            return None
        assert (received["sha256"], received["bytes"]) == (self.sha256, self.size), (contestant, received)
        return json.loads(done.stdout.splitlines()[-1])

    def _at(self, port: int) -> str:
        return f"https://{self.link.address}:{port}"

    def _environment(self) -> dict[str, str]:
        authority = str(self.certificate.authority)
        return os.environ | {
            "AWS_ENDPOINT_URL_S3": self._at(self.origin),
            "AWS_CA_BUNDLE": authority,
            "SSL_CERT_FILE": authority,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "POWERTOOLS_SERVICE_NAME": "bench",
            "POWERTOOLS_LOG_LEVEL": "ERROR",
        }

    def _result(self) -> dict[str, Any]:
        context = ssl.create_default_context(cafile=str(self.certificate.authority))
        with urllib.request.urlopen(f"{self._at(self.sink)}/result", context=context) as answer:
            return json.load(answer)


@contextmanager
def ends(case: Case, file: Path, sha256: str) -> Iterator[Ends]:
    """Set up the network link of `case`, and run the origin server and the sink server."""
    with ExitStack() as stack:
        made = stack.enter_context(link(case.sink))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate = make_certificate(folder, made.address)

        def serve(*arguments: str) -> int:
            command = [sys.executable, "-m", "bench.server", *arguments, "--address", made.address]
            child = subprocess.Popen([*command, "--chain", str(certificate.chain)], stdout=subprocess.PIPE, text=True)
            stack.callback(child.wait)
            stack.callback(child.kill)
            assert child.stdout is not None
            return int(child.stdout.readline())

        origin = serve("origin", "--file", str(file), "--rate", str(case.source), "--wait", str(case.first_byte_s))
        own_rate = 0 if made.is_shaped else case.sink
        sink = serve("sink", "--rate", str(own_rate), "--wait", str(case.answer_s))
        yield Ends(made, certificate, origin, sink, sha256, file.stat().st_size)


def compiled_relay(folder: Path) -> Path | None:
    """Compile the C relay. Without a compiler or OpenSSL's headers return None and print the reason to stderr."""
    compiler = shutil.which("cc")
    if compiler is None:
        print("no C compiler: the ratios to the C relay are omitted", file=sys.stderr)
        return None
    relay, code = folder / "relay", Path(__file__).with_name("relay.c")
    done = subprocess.run([compiler, "-O2", "-o", str(relay), str(code), "-lssl", "-lcrypto"], check=False)
    if done.returncode:
        print("OpenSSL's headers are missing: the ratios to the C relay are omitted", file=sys.stderr)
        return None
    return relay


def random_file(folder: Path, size: int) -> tuple[Path, str]:
    """Write a file of `size` random bytes. Return the file and its SHA-256."""
    file, digest = folder / f"random-{size}", hashlib.sha256()
    with file.open("wb") as out:
        for at in range(0, size, MIB):
            piece = os.urandom(min(MIB, size - at))
            digest.update(piece)
            out.write(piece)
    return file, digest.hexdigest()


def sparse_file(folder: Path, size: int) -> tuple[Path, str]:
    """Write a sparse file of `size` bytes with a number at each MiB. Return the file and its SHA-256."""
    file, digest = folder / f"sparse-{size}", hashlib.sha256()
    with file.open("wb") as out:
        out.truncate(size)
        for at in range(0, size, MIB):
            out.seek(at)
            out.write(at.to_bytes(8, "big")[: size - at])
    with file.open("rb") as whole:
        while piece := whole.read(4 * MIB):
            digest.update(piece)
    return file, digest.hexdigest()


def race(
    case: Case,
    file: Path,
    sha256: str,
    chunk: int,
    rounds: int,
    relay: Path | None,
    cage: Path | None,
    names: list[str],
) -> None:
    """Run the contestants `names` in turns, `rounds` times, in the CPU cgroup `cage`. Print the table of `case`."""
    taken: dict[str, list[dict[str, Any]]] = {name: [] for name in names if name != "relay" or relay}
    with ends(case, file, sha256) as running:
        for _ in range(rounds):
            for name, told in taken.items():
                if (figures := running.run(name, chunk, relay, cage, _AS_LAMBDA if cage else {})) is not None:
                    told.append(figures)
        size = running.size
        how = running.link.explained
    print(
        f"\n**{case.name}, chunks of {chunk:,}{' (the default)' if chunk == DEFAULT_CHUNK else ''}**: {_limits(case)}."
    )
    print(f"{f'{how}. ' if case.sink else ''}{size / MIB:.0f} MiB, {rounds} rounds, medians.")
    print_table(taken, size, case.ideal(size) if case.sink else None, with_cpu=cage is not None)


def _limits(case: Case) -> str:
    if not case.sink:
        return "no limits but this machine's and the processor's share"
    return (
        f"source {case.source / MB:.0f} MB/s a connection, {case.first_byte_s * 1000:.0f} ms to its first byte, "
        f"sink {case.sink / MB:.0f} MB/s, {case.answer_s * 1000:.0f} ms to its answer"
    )


def memory(folder: Path, rounds: int, sizes: list[int]) -> None:
    """Print the peak memory above idle in a memory cgroup of 256 MiB, with sequential and with parallel reads."""
    with memory_cage(LAMBDA_BYTES) as cage:
        where = "in a memory cgroup of 256 MiB" if cage else "in no cgroup, because none may be made here"
        print(f"\n**Memory**: the peak over idle, {where}, in chunks of {DEFAULT_CHUNK:,}.\n")
        print("| network | size | contestant | RSS over idle, MiB | s | DynamoDB calls |\n|---|---|---|---|---|---|")
        for size in sizes:
            file, sha256 = sparse_file(folder, size)
            for case in (NO_LIMIT, SLOW_SOURCE) if size < 1000 * MB else (SLOW_SINK_4G, SLOW_4G):
                with ends(case, file, sha256) as running:
                    for name in ("ours",) if size > 1000 * MB else ("ours", "chunk_by_chunk"):
                        told = [
                            running.run(name, DEFAULT_CHUNK, None, cage, {})
                            for _ in range(rounds if size < 1000 * MB else 1)
                        ]
                        _print_memory(case, size, name, told)


# With these rates 4 GB take less than a minute. In the first case one GET suffices, in the second several are needed.
SLOW_SINK_4G = Case("Slower sink", 0, 80 * MB, 0.02, 0.02)
SLOW_4G = Case("Slow source, faster sink", 40 * MB, 200 * MB, 0.05, 0.02)


def _print_memory(case: Case, size: int, name: str, told: list[dict[str, Any] | None]) -> None:
    ended = [one for one in told if one is not None]
    if not ended:
        print(f"| {case.name} | {size / MB:,.0f} MB | {CONTESTANTS[name]} | killed | | |")
        return
    mode = several(ended)
    calls = ", ".join(f"{call} {number}" for call, number in ended[0].get("calls", {}).items())
    peak = max(one["rss"] for one in ended) / MIB
    seconds = statistics.median(one["seconds"] for one in ended)
    print(f"| {case.name} | {size / MB:,.0f} MB | {CONTESTANTS[name]}{mode} | {peak:.1f} | {seconds:.1f} | {calls} |")


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wish.add_argument("--rounds", type=int, default=5)
    wish.add_argument("--size", type=int, default=256 * MIB)
    wish.add_argument("--only", choices=["network", "slow", "nolimit", "memory"], nargs="*", default=None)
    wish.add_argument("--chunks", type=int, nargs="*", default=[DEFAULT_CHUNK, 64 * MB, 10 * MB])
    given = wish.parse_args()
    if given.only:
        measure(given)
        return
    with redirect_stdout(Tee()) as told:
        measure(given)
    write_part("transfer", f"\n{told.getvalue().strip()}\n")


def measure(given: argparse.Namespace) -> None:
    """Run the chosen cases and print their tables."""
    wanted = given.only or ["network", "slow", "nolimit", "memory"]
    with tempfile.TemporaryDirectory() as made, cpu_cage(TRANSFER_MB) as cage:
        print(explain_run(cage))
        folder = Path(made)
        relay = compiled_relay(folder)
        file, sha256 = random_file(folder, given.size)
        if "network" in wanted:
            for chunk in given.chunks:
                race(NETWORK, file, sha256, chunk, given.rounds, relay, cage, list(CONTESTANTS))
        short = [name for name in CONTESTANTS if name != "whole_file"]
        if "slow" in wanted:
            for chunk in given.chunks:
                race(SLOW_SOURCE, file, sha256, chunk, given.rounds, relay, cage, short)
        if "nolimit" in wanted:
            race(NO_LIMIT, file, sha256, DEFAULT_CHUNK, given.rounds, relay, cage, short)
        if "memory" in wanted:
            memory(folder, given.rounds, [50 * MB, 4000 * MB])


if __name__ == "__main__":
    main()
