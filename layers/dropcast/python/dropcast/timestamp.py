"""Parses times with a time zone and converts them to seconds since the epoch."""

import math
import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator

_DATE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _timestamp_text(value: Any) -> Any:
    """Reject numbers and texts of digits, which pydantic would read as seconds since the epoch."""
    if not isinstance(value, datetime) and not (isinstance(value, str) and _DATE.match(value)):
        raise ValueError("it is not a time like 2026-12-24T18:00:00+01:00")
    return value


Timestamp = Annotated[AwareDatetime, BeforeValidator(_timestamp_text)]


def to_epoch_seconds(moment: datetime | None) -> int | None:
    """`moment` in seconds since the epoch. It is rounded up, so that no post is too early. None stays None."""
    return None if moment is None else math.ceil(moment.timestamp())
