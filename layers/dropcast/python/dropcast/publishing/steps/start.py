"""Start: fetches creator_info, claims the publish, sends the init, and stores TikTok's answer before any transfer.

The claim is a conditional write that lets only one execution send the init.
"""

from collections.abc import Callable

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.tiktok_app import tiktok
from dropcast.accounts.tokens.fresh_token import call_with_token
from dropcast.aws.clients import persist
from dropcast.aws.dynamo import LONG_PATIENCE_S
from dropcast.budgets.ledger import Wait
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.admission.account_check import may_read_creator_info
from dropcast.publishing.admission.hold import hold_or_refuse, wait_for_slot, wait_for_turn
from dropcast.publishing.model.creator_rules import creator_refusal
from dropcast.publishing.model.publish import Publish, PulledUrl
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.photos.photo_expiry import may_be_gone
from dropcast.publishing.sources.pull_urls import serving_refusal
from dropcast.publishing.sources.sealed_urls import seal_url
from dropcast.publishing.steps.build_init import Init, build_init
from dropcast.publishing.steps.save_pull_id import save_pull_id
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.transfer_concurrency_store import give_back, take_turn
from dropcast.settings import listed, settings
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import CreatorInfo, PostInit
from dropcast.tiktok.posting import creator_info
from dropcast.tiktok.problems import to_problem
from dropcast.tiktok.upload import origin_allowed

# If the function ends during an init, TikTok may have received it. So an init begins only if this much time is left.
_INIT_S = 32


class TooLate:
    """The init was not sent, because too little time was left."""


TimedInit = Callable[[SecretStr], PostInit | Refused | Unanswered | TooLate]


def start(publish_id: str, execution: str) -> StepResult:
    """Claim the publish (a conditional write), then send its init to TikTok. Each claim sends at most one init.

    Outcomes: started, processing, held (until `not_before`), pictures (they must be checked again first), lost (TikTok
    may have received the init), refused (with the error), settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return StepResult(Outcome.SETTLED)
    match publish.state:
        case State.QUEUED | State.HELD:
            return _start_waiting(publish)
        case State.STARTING:
            return StepResult(Outcome.LOST)
        case State.UPLOADING:
            return StepResult(Outcome.STARTED)
        case State.PROCESSING:
            return StepResult(Outcome.PROCESSING, webhooks=fact_store.webhooks_arrive())
        case _:
            return StepResult(Outcome.SETTLED)


def _start_waiting(publish: Publish) -> StepResult:
    if publish.due_at > clock.now():
        return StepResult(Outcome.HELD, not_before=publish.due_at, why="scheduled")
    account = get_account(publish.account_id)
    if account is None:
        return StepResult(Outcome.REFUSED, error=problem("account_not_found", account_id=publish.account_id))
    if (refusal := _pull_refusal(publish)) is not None:
        return StepResult(Outcome.REFUSED, error=refusal)
    if may_be_gone(publish):
        return StepResult(Outcome.PICTURES)
    known = publish.model_copy(update={"open_id": account.open_id, "username": account.username or publish.username})
    return _take_turn_and_start(known) if publish.via == "upload" else _take_slot_and_start(known)


def _take_turn_and_start(publish: Publish) -> StepResult:
    """Start the publish if its transfer can run soon.

    TikTok's upload address is valid for only one hour after the init.
    """
    wait = take_turn(publish.publish_id, has_begun=False)
    if wait is not None:
        return wait_for_turn(publish, wait)
    step = _take_slot_and_start(publish)
    if step.outcome is not Outcome.STARTED:
        give_back(publish.publish_id)
    return step


def _take_slot_and_start(publish: Publish) -> StepResult:
    slot = budget_slots.take(publish)
    return wait_for_slot(publish, slot) if isinstance(slot, Wait) else _check_claim_and_init(publish)


def _pull_refusal(publish: Publish) -> Problem | None:
    """Why TikTok cannot pull from this deployment, or None. The settings may have changed since Dropcast accepted the
    publish.
    """
    is_ours = publish.via == "pull" and not isinstance(publish.source, PulledUrl)
    return serving_refusal() if is_ours else None


def _check_claim_and_init(publish: Publish) -> StepResult:
    checked = _check_creator(publish)
    if not isinstance(checked, Publish):
        return checked
    publish = checked
    if clock.seconds_left() < _INIT_S:
        return wait_for_slot(publish, Wait(clock.now() + 1))
    init = _timed_init(build_init(publish))
    claimed = publish_store.move(
        publish, State.STARTING, open_id=publish.open_id, username=publish.username, not_before=None
    )
    if claimed is None:
        budget_slots.yield_slot(publish, "creator_info")
        return StepResult(Outcome.SETTLED)
    step = _send_init(claimed, init)
    if step.outcome in (Outcome.STARTED, Outcome.PROCESSING):
        budget_slots.leave_after_init(claimed)
    return step


def _check_creator(publish: Publish) -> Publish | StepResult:
    """Fetch creator_info.

    Returns the publish with the creator's present name. If the creator cannot post it now, returns the step's result. A
    draft does not need the scope video.publish, and limits of direct posts (the daily cap) do not stop a draft.
    """
    is_draft = publish.mode == "draft"
    if is_draft and not may_read_creator_info(publish.account_id):
        return publish
    creator = call_with_token(publish.account_id, lambda token: creator_info(tiktok(), token))
    if not isinstance(creator, CreatorInfo):
        return publish if is_draft else hold_or_refuse(publish, _as_problem(creator), "creator_info")
    refusal = creator_refusal(publish, creator, audited=settings().app_audit == "audited")
    if refusal is None:
        return publish.model_copy(update={"username": creator.username or publish.username})
    budget_slots.leave_queue(publish, "creator_info")
    return StepResult(Outcome.REFUSED, error=refusal)


def _timed_init(init: Init) -> TimedInit:
    """`init` with a check of the time.

    It returns TooLate if too little time is left at the call, because getting the access token may have taken long.
    """
    return lambda token: init(token) if clock.seconds_left() >= _INIT_S else TooLate()


def _send_init(claimed: Publish, init: TimedInit) -> StepResult:
    answer = call_with_token(claimed.account_id, init)
    match answer:
        case TooLate():
            return wait_for_slot(claimed, Wait(clock.now() + 1))
        case PostInit() if claimed.via == "pull":
            return _store_pull(claimed, answer)
        case PostInit():
            return _store_upload(claimed, answer)
        case Unanswered(may_have_arrived=True, log_id=log_id):
            return StepResult(Outcome.LOST, log_id=log_id)
        case Problem() as no_token:
            return hold_or_refuse(claimed, no_token, "creator_info")
        case _:
            return hold_or_refuse(claimed, _as_problem(answer), "init")


def _store_pull(claimed: Publish, init: PostInit) -> StepResult:
    if save_pull_id(claimed, init.publish_id) is None:
        return StepResult(Outcome.SETTLED)
    return StepResult(Outcome.PROCESSING, webhooks=fact_store.webhooks_arrive())


def _store_upload(claimed: Publish, init: PostInit) -> StepResult:
    url = init.upload_url
    if url is None or not origin_allowed(url.get_secret_value(), listed(settings().tiktok_upload_origins)):
        return StepResult(Outcome.REFUSED, error=problem("upload_url_not_allowed", log_id=init.log_id))
    sealed = persist(lambda: seal_url(url, claimed.publish_id, "upload_url"), LONG_PATIENCE_S)
    stored = publish_store.move(
        claimed,
        State.UPLOADING,
        also=(fact_store.pointer_write(init.publish_id, claimed.publish_id),),
        patience_s=LONG_PATIENCE_S,
        tiktok_publish_id=init.publish_id,
        upload_url_sealed=sealed,
        chunk_bytes=settings().upload_chunk_bytes,
        chunks_begun=0,
        bytes_sent=0,
    )
    return StepResult(Outcome.SETTLED) if stored is None else StepResult(Outcome.STARTED)


def _as_problem(answer: Refused | Unanswered | Problem) -> Problem:
    return answer if isinstance(answer, Problem) else to_problem(answer)
