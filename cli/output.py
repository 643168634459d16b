"""What the command tells a person. Results go to stdout, where scripts read them, and words to stderr.

Names and messages come from TikTok, from callers and from receivers: what would steer a terminal is shown, not obeyed.
"""

import unicodedata

from rich.console import Console
from rich.text import Text

console = Console(stderr=True, highlight=False, soft_wrap=True)


def print_note(text: str) -> None:
    """A line for the person."""
    console.print(Text(visible(text)))


def print_error(text: str, fix: str) -> None:
    """What went wrong and what helps."""
    console.print(Text(visible(text), "red"))
    console.print(Text(visible(fix)))


def print_result(text: object) -> None:
    """A result on stdout, one line or several."""
    print(visible(str(text)))


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Rows, the first of them headings, in columns; a line end or a tab in a cell is written out."""
    shown = [tuple(_one_line(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def visible(text: str) -> str:
    """`text` with its control and direction characters written out, but for line ends and tabs."""
    return "".join(_escaped(character) for character in text)


def _one_line(text: str) -> str:
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escaped(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character
    return "\u200d" if character == "\u200d" else f"\\u{ord(character):04x}"
