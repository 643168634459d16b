"""Reads the fields of a publish from options of the command line and from a JSON file."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.wrong_input import WrongInputError

_FIX_TIME = "Write a date, a time and a zone: 2027-01-31T18:00:00Z or 2027-01-31T18:00:00+01:00."


def read_fields(file: Path) -> dict[str, Any]:
    """The fields in a JSON file. Raises WrongInputError."""
    fix = 'Write a JSON object with fields of a publish: {"allow_comment": true}'
    try:
        fields = json.loads(file.read_text())
    except OSError as error:
        raise WrongInputError(f"{file} cannot be read: {error.strerror}.", "Check the path after --options.") from None
    except ValueError as error:
        raise WrongInputError(f"{file} is not JSON: {error}.", fix) from None
    if not isinstance(fields, dict):
        raise WrongInputError(f"{file} is not a JSON object.", fix)
    return fields


def pairs_of(metadata: list[str]) -> dict[str, str]:
    """The pairs name=value as a dict. Raises WrongInputError."""
    pairs = [pair.partition("=") for pair in metadata]
    for pair, (name, equals, _) in zip(metadata, pairs, strict=True):
        if not (name and equals):
            raise WrongInputError(f"--metadata {pair!r} is not name=value.", "Write --metadata shop=berlin.")
    return {name: value for name, _, value in pairs}


def time_of(text: str) -> datetime | None:
    """The time with its zone. None for an empty text. Raises WrongInputError."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongInputError(f"--at {text} is not a time.", _FIX_TIME) from None
    if at.tzinfo is None:
        raise WrongInputError(f"--at {text} has no time zone.", _FIX_TIME)
    return at
