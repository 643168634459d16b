"""The result of checking a picture's header. Separate from convert.py, whose decoders take long to load."""

from dataclasses import dataclass
from typing import Literal

Correction = Literal["format", "size", "bytes", "orientation", "colours", "transparency", "animation", "damage"]


@dataclass(frozen=True)
class HeaderCheck:
    """The stored sides in pixels, and the corrections that the picture certainly needs."""

    width: int
    height: int
    corrections: tuple[Correction, ...]
