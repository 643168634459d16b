"""Parses time spans on the command line."""

import re

from cli.wrong_input import WrongInputError

_UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds_of(text: str, option: str) -> int:
    """A time span such as 30d, in seconds. The error names `option`. Raises WrongInputError."""
    found = re.fullmatch(r"(\d{1,9})([smhd]?)", text, re.ASCII)
    if not found:
        raise WrongInputError(f"{option} {text} is not a time span.", "Use 30d, 12h, 45m, or a number of seconds.")
    return int(found[1]) * _UNITS_S[found[2]]
