"""`dropcast comments`: the comments on an account's own videos."""

from itertools import islice
from typing import Annotated

import typer

from cli.api import open_api
from cli.commenting.approval import approved_request, confirm, noted_key
from cli.commenting.printing import print_done, print_list, print_plan, print_sent
from cli.json_output import AsJson
from cli.stack import Stage
from dropcast_client.models.comments import CommentMark, CommentOrder, CommentSort, CommentStatus

cli = typer.Typer(help="Comments below an account's own videos.", no_args_is_help=True)

_PAGE = 30
"""The largest page size for comments."""

VideoId = Annotated[str, typer.Argument(help="The video: one of a publish's post_ids.")]
CommentId = Annotated[str, typer.Argument(help="The comment_id, as list shows it.")]
Text = Annotated[str, typer.Argument(help="The text: 1 to 150 characters.")]
Account = Annotated[str, typer.Option(help="The account (acc_…) that owns the video.")]
ApprovedBy = Annotated[str, typer.Option(help="The person who approved exactly this text, by name or id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be sent to TikTok. Send nothing.")]
Limit = Annotated[
    int, typer.Option(help="The largest number of rows. TikTok allows 40 pages of 30 rows a minute.", min=1)
]
Key = Annotated[
    str, typer.Option("--idempotency-key", help="For a day, the same key sends the text only once. Default: a new key.")
]


@cli.command("list")
def list_comments(
    video_id: VideoId,
    account: Account,
    status: Annotated[CommentStatus, typer.Option(help="all includes hidden comments.")] = "all",
    sort: Annotated[CommentSort, typer.Option(help="What to sort by.")] = "time",
    order: Annotated[CommentOrder, typer.Option(help="The sort direction.")] = "desc",
    limit: Limit = _PAGE,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List the comments on a video, newest first. Example: dropcast comments list 7400… --account acc_01…"""
    api = open_api(stage)
    found = api.each(
        api.list_comments,
        account,
        video_id,
        status=status,
        sort=sort,
        order=order,
        limit=min(_PAGE, limit),
    )
    print_list(islice(found, limit), as_json)


@cli.command()
def replies(
    video_id: VideoId,
    comment_id: CommentId,
    account: Account,
    limit: Limit = _PAGE,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """List the replies to a comment. Example: dropcast comments replies 7400… 7401… --account acc_01…"""
    api = open_api(stage)
    found = api.each(api.list_replies, account, video_id, comment_id, limit=min(_PAGE, limit))
    print_list(islice(found, limit), as_json)


@cli.command()
def add(
    video_id: VideoId,
    text: Text,
    account: Account,
    approved_by: ApprovedBy,
    yes: Yes = False,
    dry_run: DryRun = False,
    key: Key = "",
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Comment on a video with a text that a person approved. Asks for confirmation. Prints the comment_id.

    Example: dropcast comments add 7400… "Thanks to all of you!" --account acc_01… --approved-by eva@example.com
    """
    body = approved_request(text, approved_by)
    if dry_run:
        print_plan("comment", as_json, account, video_id, text=text)
        return
    confirm(yes, f"Post {text!r} below the video {video_id}?")
    key = noted_key(key)
    print_sent(open_api(stage).add_comment(account, video_id, body, idempotency_key=key), as_json)


@cli.command()
def reply(
    video_id: VideoId,
    comment_id: CommentId,
    text: Text,
    account: Account,
    approved_by: ApprovedBy,
    yes: Yes = False,
    dry_run: DryRun = False,
    key: Key = "",
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Reply to a comment with a text that a person approved. Asks for confirmation. Prints the reply's comment_id.

    Example: dropcast comments reply 7400… 7401… "It is called Minka." --account acc_01… --approved-by eva@example.com
    """
    body = approved_request(text, approved_by)
    if dry_run:
        print_plan("reply", as_json, account, video_id, comment_id, text)
        return
    confirm(yes, f"Reply {text!r} to the comment {comment_id}?")
    key = noted_key(key)
    print_sent(open_api(stage).add_reply(account, video_id, comment_id, body, idempotency_key=key), as_json)


@cli.command()
def mark(
    video_id: VideoId,
    comment_id: CommentId,
    change: Annotated[CommentMark, typer.Argument(help="The change.")],
    account: Account,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Hide, like or pin a comment, or undo that. A repetition changes nothing.

    Example: dropcast comments mark 7400… 7401… hide --account acc_01…
    """
    if dry_run:
        print_plan(change, as_json, account, video_id, comment_id)
        return
    print_done(open_api(stage).change_comment(account, video_id, comment_id, change), as_json)


@cli.command()
def delete(
    video_id: VideoId,
    comment_id: CommentId,
    account: Account,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    stage: Stage = "dev",
) -> None:
    """Permanently delete a comment that the account wrote. Asks for confirmation. Use mark to hide other comments.

    Example: dropcast comments delete 7400… 7401… --account acc_01… --yes
    """
    if dry_run:
        print_plan("delete", as_json, account, video_id, comment_id)
        return
    confirm(yes, f"Delete the comment {comment_id}?")
    print_done(open_api(stage).remove_comment(account, video_id, comment_id), as_json)
