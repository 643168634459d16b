"""Receivers on this machine. 127.0.0.2 represents a public internet address, and 127.0.0.1 a private one.

Only the name resolution is simulated. Addresses, connections and TLS are real.
"""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dropcast.events.outbound import outbound_post, pinned_connection, public_addresses
from dropcast.settings import settings
from tests.outbound.certificates import Authority
from tests.outbound.receiver import Receiver

PUBLIC, PRIVATE = "127.0.0.2", "127.0.0.1"
NAME = "hooks.example"


@dataclass
class Names:
    """The addresses of each name for each lookup (the last ones stay), and the names that were looked up."""

    answers: dict[str, list[list[str]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[], Any] = lambda: None

    def look_up(self, host: bytes | str, port: Any, *args: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in self.answers:
            return self.real(host, port, *args, **(more | {"flags": socket.AI_NUMERICHOST}))
        self.asked.append(name)
        self.before()
        rounds = self.answers[name]
        found = rounds.pop(0) if len(rounds) > 1 else rounds[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [answer for address in found for answer in self.real(address, port, type=socket.SOCK_STREAM)]

    def real(self, *args: Any, **more: Any) -> Any:
        return _getaddrinfo(*args, **more)


_getaddrinfo = socket.getaddrinfo


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(Path(tmp_path_factory.mktemp("certificates")))


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    names = Names({NAME: [[PUBLIC]]})
    monkeypatch.setattr(socket, "getaddrinfo", names.look_up)
    return names


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch, authority: Authority, names: Names) -> Iterator[None]:
    monkeypatch.delenv("OUTBOUND_ALLOWED_ORIGINS", raising=False)
    settings.cache_clear()
    monkeypatch.setattr(
        pinned_connection, "is_public", lambda one: str(one) == PUBLIC or public_addresses.is_public(one)
    )
    trust = ssl.create_default_context(cafile=authority.file)
    monkeypatch.setattr(outbound_post, "_trust", lambda: trust)
    yield
    settings.cache_clear()


@pytest.fixture
def inside(authority: Authority) -> Iterator[Receiver]:
    """A receiver that must never be contacted, with the public receiver's port and certificate."""
    with Receiver(PRIVATE, authority.context(NAME)) as inside:
        yield inside


@pytest.fixture
def receiver(inside: Receiver, authority: Authority) -> Iterator[Receiver]:
    # In this order, because other programs use ports of 127.0.0.1, and no other test uses 127.0.0.2.
    with Receiver(PUBLIC, authority.context(NAME), port=inside.port) as receiver:
        yield receiver
