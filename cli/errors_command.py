"""`dropcast errors`: every error code in plain words. docs/errors.md is what --markdown prints."""

from typing import Annotated

import typer

from cli.output import print_error, print_result, print_table
from dropcast.errors.accounts import ACCOUNTS
from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next
from dropcast.errors.media import MEDIA
from dropcast.errors.problem import CATALOGUE
from dropcast.errors.publishing import PUBLISHING
from dropcast.errors.sources import SOURCES
from dropcast.errors.tiktok import TIKTOK

_PARTS: dict[str, dict[ErrorCode, Entry]] = {
    "Said by TikTok": TIKTOK,
    "The video and the pictures": MEDIA,
    "Accounts and connections": ACCOUNTS,
    "Uploads and what lies in S3": SOURCES,
    "Publishing": PUBLISHING,
}
_NEXT = {
    Next.RETRY: "try again",
    Next.WAIT: "wait",
    Next.RECONNECT: "connect the account again",
    Next.RESOLVE: "find out, and say what happened",
    Next.NONE: "trying again does not help",
}
_INTRODUCTION = """\
# Errors

Every error that a person can meet, wherever it shows: in an answer of the API (`error.code`, with the HTTP status
given here), on a publish (`error`), in an event, in a log line. Words in braces are filled in from `details`. `next`
says what helps; `log_id` is TikTok's own, for its support. `dropcast errors CODE` prints one of them. This page is made
by `make format` from the same catalogue as the errors themselves.
"""


def errors(
    code: Annotated[str | None, typer.Argument(help="One code; all of them without it.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the page docs/errors.md.")] = False,
) -> None:
    """What an error code means, and what helps."""
    if markdown:
        print_result(page().removesuffix("\n"))
    elif code is None:
        print_table(
            [("CODE", "NEXT", "MEANS"), *((name, one.next.value, one.message) for name, one in CATALOGUE.items())]
        )
    elif code in CATALOGUE:
        entry = CATALOGUE[code]
        print_result(f"{code} (HTTP {entry.status})\n{entry.message}\n{entry.fix}\nNext: {_NEXT[entry.next]}.")
    else:
        print_error(f"There is no error code {code}.", "dropcast errors lists all of them.")
        raise typer.Exit(1)


def page() -> str:
    """docs/errors.md."""
    others = {code: entry for code, entry in CATALOGUE.items() if not any(code in part for part in _PARTS.values())}
    parts = {**_PARTS, "Anything else": others}
    return "\n".join([_INTRODUCTION, *(_section(title, part) for title, part in parts.items() if part)])


def _section(title: str, part: dict[str, Entry]) -> str:
    rows = [f"| `{code}` | {one.status} | {one.message} | {one.fix} | {one.next.value} |" for code, one in part.items()]
    return "\n".join(
        [f"## {title}", "", "| code | HTTP | what it means | what helps | next |", "|---|---|---|---|---|", *rows, ""]
    )
