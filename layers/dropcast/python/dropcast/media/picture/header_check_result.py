"""The result of checking a picture's header. It is not in convert.py, because that module's decoders load slowly."""

from dataclasses import dataclass
from typing import Literal

Correction = Literal["format", "size", "bytes", "orientation", "colours", "transparency", "animation", "damage"]


@dataclass(frozen=True)
class HeaderCheck:
    """The width and height in pixels, as the file stores them, and the corrections that the picture certainly needs."""

    width: int
    height: int
    corrections: tuple[Correction, ...]
