"""Start: a fresh look at the creator, a claim, TikTok's init; what it gave is stored before a byte moves."""

from dropcast import clock
from dropcast.accounts.app import tiktok
from dropcast.accounts.asking import ask
from dropcast.accounts.vault import seal
from dropcast.errors import Problem, problem
from dropcast.publishing import fact_store, publish_store
from dropcast.publishing.chunk_plan import plan_chunks
from dropcast.publishing.holding import hold_or_refuse
from dropcast.publishing.kind_rules import texts
from dropcast.publishing.models import Publish
from dropcast.publishing.options import PublishOptions
from dropcast.publishing.steps import Step, awaiting, lost, refused, settled, started
from dropcast.publishing.transitions import State
from dropcast.settings import listed, settings
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import CreatorInfo, FileSource, PostInit, VideoPost
from dropcast.tiktok.posting import creator_info, init_direct_video
from dropcast.tiktok.problems import to_problem
from dropcast.tiktok.upload import origin_allowed


def start(publish_id: str, execution: str) -> Step:
    """Begin the post at TikTok, at most once per claim.

    Answers started, held (until when), lost (TikTok may have heard), refused (why), or settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return settled()
    match publish.state:
        case State.QUEUED | State.HELD:
            return _begin(publish)
        case State.STARTING:
            return lost()
        case State.UPLOADING:
            return started()
        case State.PROCESSING:
            return awaiting("processing", fact_store.webhooks_arrive())
        case _:
            return settled()


def _begin(publish: Publish) -> Step:
    creator = ask(publish.account_id, lambda token: creator_info(tiktok(), token))
    if not isinstance(creator, CreatorInfo):
        return hold_or_refuse(publish, _as_problem(creator))
    refusal = creator_refusal(publish, creator)
    if refusal is not None:
        return refused(refusal)
    claimed = publish_store.move(publish, State.STARTING, remove=("not_before",))
    return settled() if claimed is None else _init(claimed)


def _init(claimed: Publish) -> Step:
    plan = plan_chunks(claimed.bytes_total)
    source = FileSource(video_size=plan.size, chunk_size=plan.chunk_size, total_chunk_count=plan.count)
    post = _post(_options(claimed))
    answer = ask(claimed.account_id, lambda token: init_direct_video(tiktok(), token, post, source))
    match answer:
        case PostInit():
            return _store_init(claimed, answer)
        case Unanswered(may_have_arrived=True):
            return lost()
        case _:
            return hold_or_refuse(claimed, _as_problem(answer))


def _store_init(claimed: Publish, init: PostInit) -> Step:
    url = init.upload_url
    if url is None or not origin_allowed(url.get_secret_value(), listed(settings().tiktok_upload_origins)):
        return refused(problem("upload_url_not_allowed", log_id=init.log_id))
    stored = publish_store.move(
        claimed,
        State.UPLOADING,
        set_={
            "tiktok_publish_id": init.publish_id,
            "upload_url_sealed": seal(url, upload_url_context(claimed.publish_id)),
            "chunks_begun": 0,
            "bytes_sent": 0,
        },
        also=(fact_store.pointer_write(init.publish_id, claimed.publish_id),),
    )
    return settled() if stored is None else started()


def upload_url_context(publish_id: str) -> dict[str, str]:
    """The encryption context that binds a sealed upload_url to its publish."""
    return {"publish": publish_id, "kind": "upload_url"}


def creator_refusal(publish: Publish, creator: CreatorInfo) -> Problem | None:
    """Why TikTok would refuse, or silently change, this post of this creator (protocol section 2), or None."""
    options = _options(publish)
    if options.privacy_level not in creator.privacy_level_options:
        available = ", ".join(creator.privacy_level_options)
        return problem("privacy_level_not_available", privacy_level=options.privacy_level, available=available)
    longest = creator.max_video_post_duration_sec * 1000
    if (publish.video.duration_ms or 0) > longest:
        return problem("longer_than_creator_may", duration_ms=publish.video.duration_ms, max_ms=longest)
    switched_off = {
        "comment": options.allow_comment and creator.comment_disabled,
        "duet": options.allow_duet and creator.duet_disabled,
        "stitch": options.allow_stitch and creator.stitch_disabled,
    }
    off = [name for name, is_off in switched_off.items() if is_off]
    return problem("interaction_switched_off", interactions=", ".join(off)) if off else None


def _as_problem(answer: Refused | Unanswered | Problem) -> Problem:
    return answer if isinstance(answer, Problem) else to_problem(answer)


def _options(publish: Publish) -> PublishOptions:
    if publish.options is None:
        raise ValueError(f"publish {publish.publish_id} has no options")
    return publish.options


def _post(options: PublishOptions) -> VideoPost:
    return VideoPost(
        privacy_level=options.privacy_level or "",
        title=texts("video", options).title,
        disable_comment=not options.allow_comment,
        disable_duet=not options.allow_duet,
        disable_stitch=not options.allow_stitch,
        brand_content_toggle=options.brand_content,
        brand_organic_toggle=options.brand_organic,
        is_aigc=options.is_aigc,
        video_cover_timestamp_ms=options.cover_timestamp_ms,
    )
