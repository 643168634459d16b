"""Errors as results for agents: the code, what happened, the fix and the next step, never a traceback."""

from typing import Any

from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from pydantic import ValidationError

from cli.agent_server.strings import Details, Own, Result, Text, Word
from cli.wrong_input import WrongInputError
from dropcast_client import DropcastError, RefusedError, UnansweredError, UploadFailedError


class PublishError(Result):
    """Why a publish failed, or why its outcome is unknown. `message` and `details` may quote TikTok.

    next: retry, wait, reconnect, resolve or none. log_id: TikTok's own id for the call.
    """

    code: Word
    message: Text
    fix: Own
    next: Word
    log_id: Word | None = None
    details: Details | None = None


class Refusal(PublishError):
    """Why a call failed. retry_after: the seconds after which the same call may succeed."""

    request_id: Word | None = None
    retry_after: int | None = None


def refusal_of(error: ToolError) -> Refusal | None:
    """The error that an agent can act on. None for a defect of this server."""
    match error.__cause__:
        case RefusedError() as refused:
            fields = {**vars(refused), "code": refused.code or f"http_{refused.status}", "next": refused.next or "none"}
            return Refusal.model_validate(fields)
        case UnansweredError() as unanswered:
            return _refusal("unanswered", unanswered.message, unanswered.fix, "retry")
        case UploadFailedError() as failed:
            return _refusal("upload_failed", failed.message, failed.fix, "retry")
        case DropcastError() as other:
            return _refusal("unexpected_answer", other.message, other.fix)
        case WrongInputError() as wrong:
            return _refusal("wrong_input", wrong.message, wrong.fix)
        case ValidationError() as invalid if not isinstance(error, UnexpectedToolError):
            return _refusal(
                "wrong_input", _words(invalid), "Correct the arguments as the tool's schema describes them."
            )
        case _:
            return None


def _refusal(code: str, message: str, fix: str, next_: str = "none") -> Refusal:
    return Refusal.model_validate({"code": code, "message": message, "fix": fix, "next": next_})


def _words(error: ValidationError) -> str:
    found: list[Any] = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
