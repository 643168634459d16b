"""What a look at a picture's header tells. Apart from picture.py, whose decoders take long to load."""

from dataclasses import dataclass
from typing import Literal

Correction = Literal["format", "size", "bytes", "orientation", "colours", "transparency", "animation", "damage"]


@dataclass(frozen=True)
class HeaderCheck:
    """The sides as stored, in pixels, and what will be changed about it at least."""

    width: int
    height: int
    corrections: tuple[Correction, ...]
