"""Stores the objects of a drop in the bucket, with one request each.

S3's event for the last object creates the publish.
"""

import io
import json
from collections.abc import Callable
from pathlib import Path

from cli.dropping.drop_plan import DropPlan
from cli.publishing.progress import Steps
from dropcast.aws import clients


class _ShownFile(io.BufferedReader):
    """A file that reports how many of its bytes were read."""

    def __init__(self, file: Path, show: Callable[[int], None]) -> None:
        super().__init__(io.FileIO(file))
        self._show = show

    def read(self, size: int | None = -1, /) -> bytes:
        """Read like any other file, and report how many bytes were read so far."""
        read = super().read(size)
        self._show(self.tell())
        return read


def store_drop(plan: DropPlan, bucket: str, steps: Steps) -> None:
    """Store the files and the sidecar in the order of the plan. Raises botocore's errors if AWS refuses."""
    for key in plan.keys:
        if key == plan.sidecar_key:
            text = json.dumps(plan.options, ensure_ascii=False).encode()
            clients.client("s3").put_object(Bucket=bucket, Key=key, Body=text, ContentType="application/json")
        else:
            _store_file(bucket, key, plan.files[key], steps)


def _store_file(bucket: str, key: str, file: Path, steps: Steps) -> None:
    size = file.stat().st_size

    def show(done: int) -> None:
        steps.show(key, f"Uploading {file.name}", done, size)

    with _ShownFile(file, show) as body:
        clients.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    steps.finish(key, f"Uploaded {file.name}")
