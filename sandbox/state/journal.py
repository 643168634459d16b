"""Records each request, webhook and fetched picture. Secrets appear only as short digests."""

import hashlib
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

ENTRIES_KEPT = 50_000

EntryKind = Literal["request", "webhook", "pull"]


def digest(secret: str) -> str:
    """A short hash that tells two secrets apart."""
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()[:12]


@dataclass
class Entry:
    seq: int
    at: float
    """Seconds since the epoch on the sandbox's clock."""
    kind: EntryKind
    method: str
    route: str
    path: str
    log_id: str = ""
    open_id: str | None = None
    publish_id: str | None = None
    status: int | None = None
    """The status that the other side received. None: it received no answer."""
    error_code: str | None = None
    effect: bool = False
    fault: str | None = None
    bytes_received: int = 0
    content_range: str | None = None
    secrets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def record_secret(self, name: str, secret: str | None) -> None:
        if secret:
            self.secrets[name] = digest(secret)


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=ENTRIES_KEPT)
        self._numbers = itertools.count(1)

    def add(self, kind: EntryKind, method: str, route: str, path: str, at: float) -> Entry:
        entry = Entry(next(self._numbers), at, kind, method, route, path)
        self._entries.append(entry)
        return entry

    def read(self, *, since: int = 0, route: str | None = None, open_id: str | None = None) -> list[Entry]:
        return [
            entry
            for entry in self._entries
            if entry.seq > since and route in (None, entry.route) and open_id in (None, entry.open_id)
        ]
