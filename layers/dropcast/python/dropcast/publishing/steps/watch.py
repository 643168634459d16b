"""Watch: waits for TikTok's verdict, from a webhook or from one poll per round.

A round first stores its task token in the row, then reads the stored facts, then polls. A webhook that arrives before
that read is among the facts. A webhook that arrives later finds the token.
"""

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.execution import state_machine
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.step_results import Outcome, Round, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import fact_of_status, verdict
from dropcast.publishing.outcome.poll_status import poll
from dropcast.publishing.outcome.uploaded_bytes import SHORTLY, confirm_last_chunk_missing
from dropcast.publishing.store import publish_store
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import PublishStatus

_EARLY: tuple[Round, ...] = ("soon", "second", "third")
_LATER_S = 15 * 60
_GIVE_UP_S = 24 * 3600
_UPLOAD_URL_S = 3600
_PULL_S = 2 * 3600
_LATE_WEBHOOK_S = 120


def watch(publish_id: str, execution: str, task_token: SecretStr, round_: Round) -> None:
    """Run one round. If the round ends at once, this function completes the task with its token.

    Otherwise a webhook completes the task, or the task times out.
    """
    publish = publish_store.store_task_token(publish_id, execution, task_token)
    step = StepResult(Outcome.SETTLED) if publish is None else _run_round(publish, round_)
    if step is not None:
        state_machine.wake(task_token, step.to_json())


def _run_round(publish: Publish, round_: Round) -> StepResult | None:
    now = clock.now()
    waited = now - (publish.processing_since or now)
    tiktok_publish_id = publish.tiktok_publish_id or ""
    if verdict(fact_store.facts_of(tiktok_publish_id)) is not None:
        return StepResult(Outcome.VERDICT)
    if round_ == "later" and waited >= _LATER_S:
        return StepResult(Outcome.SLOW)
    answer = poll(publish)
    if round_ in _EARLY and _is_too_often(answer):
        return StepResult(Outcome.LATER)
    if isinstance(answer, PublishStatus) and (fact := fact_of_status(answer, now)) is not None:
        fact_store.add(tiktok_publish_id, fact)
        return StepResult(Outcome.VERDICT)
    if isinstance(answer, PublishStatus) and (step := _check_if_stuck(publish, answer, waited)) is not None:
        return step
    if waited > _GIVE_UP_S or (isinstance(answer, Problem) and _ended_long_ago(publish.account_id, now)):
        return StepResult(Outcome.UNKNOWN, error=problem("verdict_missing"))
    return None


def _is_too_often(answer: PublishStatus | Refused | Unanswered | Problem) -> bool:
    return isinstance(answer, Refused | Problem) and answer.code == "rate_limit_exceeded"


def _ended_long_ago(account_id: str, now: int) -> bool:
    """Whether the account was disconnected so long ago that no late webhook is expected.

    Dropcast cannot poll TikTok for a disconnected account.
    """
    account = get_account(account_id)
    return account is not None and account.ended_at is not None and now - account.ended_at >= _LATE_WEBHOOK_S


def _check_if_stuck(publish: Publish, status: PublishStatus, waited: int) -> StepResult | None:
    """The result for a publish that TikTok will not finish, else None.

    TikTok does not finish an upload that is incomplete after its address expired, or a pull that still runs an hour
    after its limit.
    """
    is_incomplete = waited > _UPLOAD_URL_S and _is_incomplete(publish, status)
    # One status may be out of date.
    if is_incomplete and confirm_last_chunk_missing(publish, SHORTLY):
        return StepResult(Outcome.REFUSED, error=problem("upload_incomplete", log_id=status.log_id))
    if publish.via == "pull" and waited > _PULL_S and status.status == "PROCESSING_DOWNLOAD":
        return StepResult(Outcome.UNKNOWN, error=problem("pull_stalled", log_id=status.log_id))
    return None


def _is_incomplete(publish: Publish, status: PublishStatus) -> bool:
    """Whether bytes are missing by our count and by TikTok's. PROCESSING_UPLOAD alone may only mean slow processing."""
    if publish.via == "pull" or status.status != "PROCESSING_UPLOAD" or status.uploaded_bytes is None:
        return False
    held = max(status.uploaded_bytes, publish.bytes_sent)
    return publish.plan.next_chunk(held) is not None
