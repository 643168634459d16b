"""The link between contestant and servers: a network namespace whose rate tc limits if permitted, else loopback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_MTU = 1500
# A rate counts only the payload. Each packet also has 14 bytes of Ethernet headers and 52 bytes of TCP/IP headers.
_HEADERS = (_MTU + 14) / (_MTU - 52)


@dataclass(frozen=True)
class Link:
    """`address`: where servers listen. `enter`: the prefix of a contestant's command.

    `is_shaped`: whether tc limits the link.
    """

    address: str
    enter: tuple[str, ...]
    is_shaped: bool

    @property
    def explained(self) -> str:
        if self.is_shaped:
            return (
                "A network namespace with tc (tbf, on the contestant's side) limits the sink's rate; "
                "the source limits its own rate"
            )
        return "The servers limit their own rates, because no network namespace with tc may be made here"


@contextmanager
def link(rate: float) -> Iterator[Link]:
    """A link with `rate` bytes of payload a second (0: unlimited) from the contestant to the servers."""
    name = f"dropcast-bench-{os.getpid()}"
    host, far = f"dcb{os.getpid() % 100_000}h", f"dcb{os.getpid() % 100_000}c"
    if not _permitted(["ip", "netns", "add", name]):
        yield Link("127.0.0.1", (), is_shaped=False)
        return
    try:
        yield _made(name, host, far, rate)
    finally:
        # The kernel deletes a namespace's interfaces some time later. Until then another link could not have the same
        # name.
        _permitted(["ip", "link", "del", host])
        subprocess.run(["ip", "netns", "del", name], check=False)


def _made(name: str, host: str, far: str, rate: float) -> Link:
    net = f"10.{77}.{os.getpid() % 250}"
    within = ["ip", "netns", "exec", name]
    steps = [
        ["ip", "link", "add", host, "type", "veth", "peer", "name", far, "netns", name],
        ["ip", "address", "add", f"{net}.1/24", "dev", host],
        ["ip", "link", "set", host, "up"],
        [*within, "ip", "address", "add", f"{net}.2/24", "dev", far],
        [*within, "ip", "link", "set", far, "up"],
        [*within, "ip", "link", "set", "lo", "up"],
    ]
    if rate:
        bits = f"{rate * 8 * _HEADERS:.0f}"
        steps.append([*within, *f"tc qdisc add dev {far} root tbf rate {bits} burst 256kb latency 100ms".split()])
    if all(_permitted(step) for step in steps):
        return Link(f"{net}.1", tuple(within), is_shaped=True)
    print("a shaped link could not be created: the servers limit themselves", file=sys.stderr)
    return Link("127.0.0.1", (), is_shaped=False)


def _permitted(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False
