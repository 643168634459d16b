"""Checks before a text or a change goes to TikTok: a valid text, a person's approval, and an idempotency key."""

import typer

from cli.output import print_note, visible
from cli.prompts import can_ask
from cli.wrong_input import WrongInputError
from dropcast.accounts.comments.comment_text import comment_text_fault
from dropcast.tiktok.business.comments import TEXT_MAX
from dropcast_client.calls import new_key
from dropcast_client.models.comments import CommentRequest


def approved_request(text: str, approved_by: str) -> CommentRequest:
    """The request with this text, which `approved_by` has approved. WrongInputError if the API would refuse it."""
    if len(text) > TEXT_MAX:
        raise WrongInputError(f"The text has {len(text)} characters.", f"Write at most {TEXT_MAX}.")
    if fault := comment_text_fault(text):
        raise WrongInputError(f"TikTok does not accept the text: {fault}.", "Change the text.")
    if not approved_by.strip():
        raise WrongInputError("--approved-by is empty.", "Name the person who approved exactly this text.")
    return CommentRequest(text=text, approved=True, approved_by=approved_by)


def confirm(yes: bool, question: str) -> None:
    """Ask the person `question`, unless `yes` is true.

    Raises typer.Abort if the person declines, and WrongInputError if there is no terminal for the question.
    """
    if yes:
        return
    if not can_ask():
        raise WrongInputError(
            "Nothing was sent, because there is no terminal on which the command could ask.", "Add --yes."
        )
    typer.confirm(visible(question), abort=True, err=True)


def noted_key(key: str) -> str:
    """The given key. If `key` is empty, a new key, which is also printed as a note."""
    if key:
        return key
    made = new_key()
    print_note(f"To repeat this safely after an error, add: --idempotency-key {made}")
    return made
