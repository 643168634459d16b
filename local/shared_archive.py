"""A zip file that is unpacked once. Further extractions create links."""

import hashlib
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any

_unpacking = threading.Lock()


class SharedArchive(zipfile.ZipFile):
    """A zip file that is unpacked once below the temporary folder. `extractall` creates links to that copy."""

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
