"""What the command tells a person. Results go to stdout, where scripts read them, and words to stderr."""

from rich.console import Console
from rich.text import Text

console = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for the person."""
    console.print(Text(text))


def fail(text: str, fix: str) -> None:
    """What went wrong and what helps."""
    console.print(Text(text, "red"))
    console.print(Text(fix))


def table(rows: list[tuple[str, ...]]) -> None:
    """Rows, the first of them headings, in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
