"""Builds an ICC profile (ICC.1) from a picture's colour mark: the primaries, and the transfer curve as a table.

HDR curves contain light that is brighter than the white of a page. This light is compressed.
"""

import struct
from functools import cache

from dropcast.media.picture.colour_codes import (
    BT709,
    BT2020,
    DCI,
    DCI_P3,
    DISPLAY_P3,
    GAMMA_22,
    GAMMA_28,
    HLG,
    LINEAR,
    PQ,
    ColourMark,
)

XYZ = tuple[float, float, float]

# Red, green and blue in XYZ, adapted to the white point of ICC profiles (D50) by Bradford's method.
_PRIMARIES: dict[int, tuple[XYZ, XYZ, XYZ]] = {
    BT709: ((0.43604, 0.22248, 0.01392), (0.38511, 0.71691, 0.09707), (0.14305, 0.06061, 0.71391)),
    BT2020: ((0.67348, 0.27904, -0.00193), (0.16567, 0.67534, 0.02998), (0.12505, 0.04561, 0.79685)),
    DISPLAY_P3: ((0.51512, 0.24119, -0.00105), (0.29198, 0.69224, 0.04188), (0.15710, 0.06657, 0.78407)),
    DCI_P3: ((0.48616, 0.22668, -0.00080), (0.32385, 0.71033, 0.04324), (0.15419, 0.06298, 0.78247)),
}
_D50: XYZ = (0.9642, 1.0, 0.8249)
_GAMMAS = {GAMMA_22: 2.2, GAMMA_28: 2.8, DCI: 2.6, LINEAR: 1.0}
# The white of a page (Rec. ITU-R BT.2408) and the brightest light that is not clipped, in cd/m2.
_WHITE, _PEAK = 203.0, 1000.0
# Light above this share of white is compressed.
_KNEE = 0.8
_STEPS = 256


@cache
def mark_profile(mark: ColourMark) -> bytes:
    """The profile for RGB pictures with this mark."""
    red, green, blue = _PRIMARIES.get(mark.primaries, _PRIMARIES[BT709])
    curve = _curve(mark.curve)
    tags = {b"desc": _description(), b"cprt": b"text" + bytes(4) + b"CC0\0", b"wtpt": _xyz(_D50)}
    tags |= {b"rXYZ": _xyz(red), b"gXYZ": _xyz(green), b"bXYZ": _xyz(blue)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(tags)


def _curve(code: int) -> bytes:
    light = (min(1.0, max(0.0, _light(code, step / (_STEPS - 1)))) for step in range(_STEPS))
    return b"curv" + bytes(4) + struct.pack(f">I{_STEPS}H", _STEPS, *(round(65_535 * each) for each in light))


def _light(code: int, number: float) -> float:
    """The linear light of the value `number` on the transfer curve `code`. The white of a page is 1."""
    if code == PQ:
        return _compressed(_pq(number) / _WHITE)
    if code == HLG:
        return _compressed(_hlg(number) / _WHITE)
    if code in _GAMMAS:
        return number ** _GAMMAS[code]
    return number / 12.92 if number <= 0.04045 else ((number + 0.055) / 1.055) ** 2.4


def _pq(number: float) -> float:
    """SMPTE ST 2084: light in cd/m2."""
    power = number ** (32 / 2523)
    return 10_000 * (max(0.0, power - 0.8359375) / (18.8515625 - 18.6875 * power)) ** (16_384 / 2610)


def _hlg(number: float) -> float:
    """Rec. ITU-R BT.2100: the light in cd/m2 that a display of 1000 cd/m2 shows for a grey with this value."""
    beyond = (2.718281828459045 ** ((number - 0.55991073) / 0.17883277) + 0.28466892) / 12
    scene = number * number / 3 if number <= 0.5 else beyond
    return _PEAK * scene**1.2


def _compressed(light: float) -> float:
    """The light, compressed above the knee so that the peak becomes 1 (Reinhard's extended curve)."""
    if light <= _KNEE:
        return light
    room = 1 - _KNEE
    beyond, most = (light - _KNEE) / room, (_PEAK / _WHITE - _KNEE) / room
    return _KNEE + room * beyond * (1 + beyond / most**2) / (1 + beyond)


def _xyz(value: XYZ) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(65_536 * part) for part in value))


def _description() -> bytes:
    text = b"marked\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    table, body, at = b"", b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", at + len(body), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", *(round(65_536 * part) for part in _D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
