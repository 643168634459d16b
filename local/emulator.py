"""MiniStack as it is but for one thing: what functions are made of is unpacked once, and not for each process.

Each process of a function would unpack its layers anew, two thousand files: most of what a start takes here. In AWS the
layers are shared, too, and nobody can write to them.
"""

import hashlib
import tempfile
import threading
import types
import zipfile
from pathlib import Path
from typing import Any

from ministack.app import main
from ministack.core import lambda_runtime

_unpacking = threading.Lock()


class SharedArchive(zipfile.ZipFile):
    """An archive that is unpacked into links to one copy of its content, which outlives every process."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        for entry in self._unpacked().iterdir():
            (Path(path) / entry.name).symlink_to(entry)

    def _unpacked(self) -> Path:
        content = "\n".join(f"{each.filename} {each.CRC} {each.file_size}" for each in self.infolist())
        copy = Path(tempfile.gettempdir()) / f"archive-{hashlib.sha256(content.encode()).hexdigest()[:32]}"
        with _unpacking:
            if not copy.exists():
                half = copy.with_suffix(".half")
                super().extractall(half)
                half.rename(copy)
        return copy


def unpack_once() -> None:
    """Let the processes of functions share what they are made of."""
    shared = {**vars(zipfile), "ZipFile": SharedArchive}
    lambda_runtime.zipfile = types.SimpleNamespace(**shared)  # pyright: ignore[reportAttributeAccessIssue]


if __name__ == "__main__":
    unpack_once()
    main()
