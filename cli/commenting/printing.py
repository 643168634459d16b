"""Prints comments, the results of actions on them, and the plans of dry runs."""

from collections.abc import Iterator

from cli.json_output import print_answer, print_answers
from cli.output import print_json, print_note, print_result, print_table, time_text
from dropcast_client.models.comments import CommentDoneView, CommentView, ReplyView, SentCommentView


def print_plan(
    action: str, as_json: bool, account: str, video_id: str, comment_id: str | None = None, text: str | None = None
) -> None:
    """Print the call that a dry run does not make."""
    print_note("Dry run: nothing was sent to TikTok.")
    plan = {"action": action, "account_id": account, "video_id": video_id, "comment_id": comment_id, "text": text}
    if as_json:
        print_json(plan)
    else:
        print_table([(name, value) for name, value in plan.items() if value])


def print_sent(sent: SentCommentView, as_json: bool) -> None:
    """Print the id of a new comment."""
    if as_json:
        print_answer(sent)
        return
    if sent.looked_up:
        print_note("TikTok's answer was lost. Dropcast found the comment in TikTok's list.")
    print_result(sent.comment_id)


def print_done(done: CommentDoneView, as_json: bool) -> None:
    """Print the change that was made to a comment."""
    if as_json:
        print_answer(done)
        return
    print_note(f"{done.comment_id}: {done.done}.")


def print_list(found: Iterator[CommentView] | Iterator[ReplyView], as_json: bool) -> None:
    """Print comments or replies, one per line."""
    if as_json:
        print_answers(found)
        return
    print_table([("COMMENT ID", "AT", "BY", "LIKES", "REPLIES", "STATE", "TEXT"), *map(_row, found)])


def _row(one: CommentView | ReplyView) -> tuple[str, ...]:
    by = one.username or one.display_name or "-"
    likes = "-" if one.likes is None else str(one.likes)
    count = one.replies if isinstance(one, CommentView) else None
    state = _state_words(one)
    return (
        one.comment_id,
        time_text(one.created_at),
        by,
        likes,
        "-" if count is None else str(count),
        state,
        one.text or "-",
    )


def _state_words(one: CommentView | ReplyView) -> str:
    pinned = isinstance(one, CommentView) and one.pinned
    states = {"own": one.by_owner, "hidden": one.hidden, "liked": one.liked, "pinned": pinned}
    return ",".join(name for name, holds in states.items() if holds) or "-"
