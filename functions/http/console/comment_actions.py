"""Writes and moderates comments from the console, with the same functions as
/v1/accounts/{account_id}/videos/…/comments.
"""

from dataclasses import replace
from typing import cast, get_args

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.comments.comment_text import comment_text_fault
from dropcast.accounts.comments.idempotency_store import CommentKey
from dropcast.accounts.comments.read_and_moderate import delete_comment, mark_comment
from dropcast.accounts.comments.write_comment import Draft, Sent, send_comment
from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem, http_status, problem
from dropcast.log import logger
from dropcast.tiktok.business.comments import TEXT_MAX, Mark

from .account_views import comments_path
from .act_once import sent_form_key
from .answers import is_asked_by_htmx, partial, redirect, with_retry_after
from .comment_views import MarkForm, WriteForm, hint_of, in_order, sent_words
from .comments import ID
from .request_session import caller, session
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_APPROVED_BY_MAX = 256


@router.post("/console/accounts/<account_id>/comments", middlewares=signed_in("publish"))
def write_comment(account_id: str) -> Response[str]:
    """Send a comment or a reply. By pressing the button the person approves the text.

    Because of the form's idempotency key, a second press sends no second comment.
    """
    form = _sent_write_form(account_id)
    if isinstance(form, Problem):
        return refused(form)
    sent = _send(account_id, form)
    if isinstance(sent, Problem):
        return _answer_write(replace(form, problem=sent))
    logger.info(
        "comment.sent",
        account_id=account_id,
        video_id=form.video_id,
        comment_id=sent.comment_id,
        approved_by=session().key_name,
        by_key_id=caller().key_id,
    )
    return _answer_write(
        WriteForm(form.path, form.video_id, form.comment_id, outcome=sent_words(looked_up=sent.looked_up))
    )


@router.post("/console/accounts/<account_id>/comments/mark", middlewares=signed_in("publish"))
def moderate_comment(account_id: str) -> Response[str]:
    """Hide, like or pin a comment, undo one of these, or delete the comment. A repeated request changes nothing."""
    sent = form_of(BaseRouter.current_event.raw_event)
    mark = sent.get("mark", "")
    form = MarkForm(
        comments_path(account_id),
        sent.get("video", ""),
        sent.get("comment", ""),
        in_order(sent.get("states", "").split()),
    )
    if not (ID.fullmatch(form.video_id) and ID.fullmatch(form.comment_id)) or mark not in (*get_args(Mark), "delete"):
        return refused(problem("form_expired"))
    why = _moderate(account_id, form, mark)
    if why is not None:
        return _answer_mark(replace(form, problem=why))
    logger.info(
        "comment.changed",
        account_id=account_id,
        video_id=form.video_id,
        comment_id=form.comment_id,
        what=mark,
        by_key_id=caller().key_id,
    )
    return _answer_mark(form.deleted() if mark == "delete" else form.marked(cast(Mark, mark)))


def _sent_write_form(account_id: str) -> WriteForm | Problem:
    """The form that the browser sent. In its text CR LF, with which browsers end each line, becomes LF."""
    sent = form_of(BaseRouter.current_event.raw_event)
    video_id, comment_id, key = sent.get("video", ""), sent.get("comment", ""), sent_form_key()
    is_known = ID.fullmatch(video_id) and (not comment_id or ID.fullmatch(comment_id))
    if not is_known or key is None:
        return problem("form_expired")
    text = sent.get("text", "").replace("\r\n", "\n")
    return WriteForm(comments_path(account_id), video_id, comment_id, key, text)


def _send(account_id: str, form: WriteForm) -> Sent | Problem:
    if len(form.text) > TEXT_MAX:
        return problem("field_invalid", reason=f"it has {len(form.text)} characters, and TikTok takes {TEXT_MAX}")
    if (fault := comment_text_fault(form.text)) is not None:
        return problem("field_invalid", reason=fault)
    approved_by = session().key_name[:_APPROVED_BY_MAX]
    draft = Draft(account_id, form.video_id, form.text, True, approved_by, form.comment_id or None)
    return send_comment(draft, caller(), CommentKey(f"console#{caller().key_id}#{form.key}", repr(draft)))


def _moderate(account_id: str, form: MarkForm, mark: str) -> Problem | None:
    if mark == "delete":
        done = delete_comment(account_id, caller(), form.comment_id)
    else:
        done = mark_comment(account_id, caller(), form.video_id, form.comment_id, cast(Mark, mark))
    return done if isinstance(done, Problem) else None


def _answer_write(form: WriteForm) -> Response[str]:
    """The form again. It is empty if the comment was sent, otherwise it has the typed text and the problem."""
    return _answer("comment_form.html", form)


def _answer_mark(form: MarkForm) -> Response[str]:
    return _answer("comment_marks.html", form)


def _answer(template: str, form: WriteForm | MarkForm) -> Response[str]:
    """A part of the page. A browser without scripts gets the page of comments, or a page with the problem."""
    why = form.problem
    if not is_asked_by_htmx():
        return redirect(f"{form.path}?video={form.video_id}") if why is None else refused(why)
    status = 200 if why is None else http_status(why.code)
    answer = partial(template, "form", status, form=form, problem=why, hint=why and hint_of(why), text_max=TEXT_MAX)
    return answer if why is None else with_retry_after(answer, why)
