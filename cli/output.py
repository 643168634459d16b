"""Prints results to stdout, for scripts, and notes and errors to stderr, for people.

Names and messages can come from other people, so control characters are escaped before printing.
"""

import json
import logging
import sys
import unicodedata
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from dropcast.function_telemetry import logger

console = Console(stderr=True, highlight=False, soft_wrap=True)


def log_to_stderr() -> None:
    """Send the library's log lines to stderr, because stdout is for results. In a Lambda function they go to stdout."""
    handler = logger.registered_handler
    if isinstance(handler, logging.StreamHandler):
        handler.stream = sys.stderr  # setStream would flush the previous stream, which may be closed


def print_note(text: str) -> None:
    """Print a note for the person."""
    console.print(Text(visible(text)))


def print_error(text: str, fix: str, doc_url: str | None = None) -> None:
    """Print an error, its fix, and the address of the page about it."""
    console.print(Text(visible(text), "red"))
    console.print(Text(visible(fix)))
    if doc_url:
        console.print(Text(visible(doc_url)))


def print_result(text: object) -> None:
    """Print a result of one or more lines to stdout, without buffering."""
    print(visible(str(text)), flush=True)


def print_json(value: object) -> None:
    """Print a value as JSON to stdout. Characters other than ASCII are escaped."""
    print(json.dumps(value, indent=2))


def print_json_line(value: object) -> None:
    """Print a value as one line of JSON to stdout, without buffering."""
    print(json.dumps(value), flush=True)


def print_table(rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns, headings first. Line ends and tabs within cells are escaped."""
    shown = [tuple(_one_line(cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def print_rows(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a table on a terminal. In a pipe, print one line per row without headings. Tabs separate the cells."""
    if sys.stdout.isatty():
        print_table([headings, *rows])
        return
    for row in rows:
        print("\t".join(map(_one_line, row)), flush=True)


def time_text(at: datetime | None) -> str:
    """A time in UTC, in the API's format. A dash if `at` is None."""
    return "-" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def visible(text: str) -> str:
    """`text` with control and direction characters escaped. Line ends and tabs stay."""
    return "".join(_escaped(character) for character in text)


def _one_line(text: str) -> str:
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _escaped(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character
    return "\u200d" if character == "\u200d" else f"\\u{ord(character):04x}"
