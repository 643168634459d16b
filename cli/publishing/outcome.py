"""Follows a publish to its end, and prints its outcome."""

from collections.abc import Container

import typer

from cli.exit_codes import INTERRUPTED, NOT_PUBLISHED
from cli.output import print_error, print_note, time_text
from cli.publishing.progress import shown_steps
from dropcast_client import RESTING, Dropcast, PublishView

GOOD = frozenset({"published", "in_inbox"})
"""The states of a publish that was delivered to TikTok."""

UNTIL_HELD = RESTING | {"held"}
"""The states that end the wait by default. The command does not wait for a scheduled publish."""


def follow(api: Dropcast, publish_id: str, until: Container[str]) -> PublishView:
    """Show the publish until its state is one of `until`. Raises Exit after Ctrl-C; the publish continues."""
    try:
        with shown_steps() as steps:

            def show(shown: PublishView) -> None:
                if shown.state not in until:
                    words = f"{publish_id} is {shown.state}"
                    steps.show(publish_id, words, shown.bytes_sent, shown.bytes_total or None)

            return api.wait(publish_id, until=until, on_poll=show)
    except KeyboardInterrupt:
        print_note(f"{publish_id} continues. To see it: dropcast watch {publish_id}")
        print_note(f"To end it: dropcast publishes cancel {publish_id}")
        raise typer.Exit(INTERRUPTED) from None


def print_outcome(shown: PublishView) -> int:
    """Print the state, or the error with its fix; return the exit code."""
    if shown.error:
        print_error(f"{shown.state}: {shown.error.message}", shown.error.fix, shown.error.doc_url)
        return NOT_PUBLISHED
    if shown.state == "held":
        print_note(f"The publish is held until {time_text(shown.not_before)} and continues then.")
        return 0
    print_note(shown.state)
    for url in shown.post_urls:
        print_note(url)
    return 0 if shown.state in GOOD else NOT_PUBLISHED
