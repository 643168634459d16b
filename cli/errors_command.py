"""`dropcast errors`: explains every error code. --markdown prints docs/errors.md."""

from typing import Annotated

import typer

from cli.exit_codes import WRONG_INPUT
from cli.output import print_error, print_json, print_result, print_table
from dropcast.errors.accounts import ACCOUNTS
from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode
from dropcast.errors.media import MEDIA
from dropcast.errors.posting_page import POSTING_PAGE
from dropcast.errors.problem import CATALOGUE
from dropcast.errors.publishing import PUBLISHING
from dropcast.errors.sources import SOURCES
from dropcast.errors.tiktok import TIKTOK

_PARTS: dict[str, dict[ErrorCode, Entry]] = {
    "Reported by TikTok": TIKTOK,
    "The video and the pictures": MEDIA,
    "Accounts and connections": ACCOUNTS,
    "Uploads and objects in S3": SOURCES,
    "Publishing": PUBLISHING,
    "The posting page": POSTING_PAGE,
}
_NEXT = {
    Next.RETRY: "retry",
    Next.WAIT: "wait",
    Next.RECONNECT: "connect the account again",
    Next.RESOLVE: "find out what happened and resolve the publish",
    Next.NONE: "a retry does not help",
}
_INTRODUCTION = """\
# Errors

This page lists all error codes. A code appears in an answer of the API (`error.code`, with the status in the column
HTTP), in the field `error` of a publish, in an event or in a log line.

An error has more fields. `details` contains the values for the names in braces. `next` is the next step: `retry`,
`wait`, `reconnect` (connect the account again), `resolve` (a person must find out what happened) or `none` (a retry
does not help). `log_id` is TikTok's id of the call; TikTok's support can find the call with it.

`dropcast errors CODE` prints one entry. Every deployment serves a page about each code at
`{PublicUrl}/errors/{code}`; `error.doc_url` is this address. To link to a code on this page, append `#` and the code.
`make format` generates this page from the error catalogue.
"""


def errors(
    code: Annotated[str | None, typer.Argument(help="An error code. Default: all codes.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/errors.md.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (docs/cli.md).")] = False,
) -> None:
    """Explain an error code and its fix. Example: dropcast errors privacy_level_not_available"""
    if markdown:
        print_result(page().removesuffix("\n"))
    elif code is None:
        _print_all(as_json)
    elif code in CATALOGUE:
        _print_one(code, CATALOGUE[code], as_json)
    else:
        print_error(f"There is no error code {code}.", "dropcast errors lists all codes.")
        raise typer.Exit(WRONG_INPUT)


def _print_all(as_json: bool) -> None:
    if as_json:
        print_json([_to_json(code, entry) for code, entry in CATALOGUE.items()])
        return
    rows = [(code, entry.next.value, entry.message) for code, entry in CATALOGUE.items()]
    print_table([("CODE", "NEXT", "MEANS"), *rows])


def _print_one(code: str, entry: Entry, as_json: bool) -> None:
    if as_json:
        print_json(_to_json(code, entry))
        return
    print_result(f"{code} (HTTP {entry.status})\n{entry.message}\n{entry.fix}\nNext: {_NEXT[entry.next]}.")


def _to_json(code: str, entry: Entry) -> dict[str, str | int]:
    return {
        "code": code,
        "status": entry.status,
        "message": entry.message,
        "fix": entry.fix,
        "next": entry.next.value,
    }


def page() -> str:
    """The text of docs/errors.md."""
    others = {code: entry for code, entry in CATALOGUE.items() if not any(code in part for part in _PARTS.values())}
    parts = {**_PARTS, "Anything else": others}
    return "\n".join([_INTRODUCTION, *(_section(title, part) for title, part in parts.items() if part)])


def _section(title: str, part: dict[str, Entry]) -> str:
    rows = [
        f'| <a id="{code}"></a>`{code}` | {one.status} | {one.message} | {one.fix} | {one.next.value} |'
        for code, one in part.items()
    ]
    return "\n".join(
        [f"## {title}", "", "| code | HTTP | what it means | what helps | next |", "|---|---|---|---|---|", *rows, ""]
    )
