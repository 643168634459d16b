"""Names every enum of the document, so that a generated client has one type for each."""

from typing import Any, Literal, get_args

from dropcast.access.embed_store import EmbeddedPage
from dropcast.access.key_store import KeyStatus
from dropcast.accounts.abilities import AbilityCode
from dropcast.accounts.business.models import BusinessKind, BusinessStatus
from dropcast.accounts.models import AccountStatus, EndReason
from dropcast.budgets.limits import BudgetName
from dropcast.caller import Scope
from dropcast.errors.problem import CATALOGUE
from dropcast.events.deliveries import delivery_store
from dropcast.events.endpoints import endpoint_store
from dropcast.media.picture.header_check_result import Correction
from dropcast.media.video.accepted_formats import Container, ContentType, VideoCodec
from dropcast.publishing.actions.resolve import Resolution
from dropcast.publishing.model import options
from dropcast.publishing.plans import plan
from dropcast.publishing.uploads.upload_rows import UploadState
from dropcast.tiktok.business import comments
from dropcast.trends import health_store, models

from . import uploads
from .document_walk import Schema, components, reference, schemas

_CODES = "An error code: its meaning and its fix.\n\n" + "\n".join(
    f"- `{name}`: {entry.message} {entry.fix}" for name, entry in CATALOGUE.items()
)

# For each enum: the component's name, its description, and the type that has its values.
_NAMED: list[tuple[str, str, Any]] = [
    ("AbilityCode", "What an account can or cannot do.", AbilityCode),
    ("AccountStatus", "The state of an account's connection.", AccountStatus),
    ("BudgetName", "A budget of an account (docs/operate.md).", BudgetName),
    ("BusinessKind", "The purpose of a consent to TikTok API for Business.", BusinessKind),
    ("BusinessStatus", "The state of a business connection.", BusinessStatus),
    ("Charge", "What AWS charges for.", Literal["state_transitions", "lambda_gb_ms", "requests", "bytes_out"]),
    ("CommentMark", "A change of a comment on one of the account's videos.", comments.Mark),
    ("CommentOrder", "Ascending or descending order.", comments.Order),
    ("CommentSort", "The sort key of comments.", comments.Sort),
    ("CommentStatus", "Only public comments, or hidden ones too.", comments.Status),
    ("Container", "The container of a video.", Container),
    ("DeliveryState", "The state of an event's delivery to a webhook endpoint.", delivery_store.DeliveryState),
    ("EmbeddedPage", "A page that a site of your own can show.", EmbeddedPage),
    ("EndReason", "Why a connection ended.", EndReason),
    ("EndpointFault", "Why Dropcast disabled a webhook endpoint.", Literal["failing", "gone"]),
    ("EndpointStatus", "Whether a webhook endpoint receives events.", endpoint_store.Status),
    (
        "EndpointWhy",
        "Why a webhook endpoint is disabled: by request, because it answered 410, or because it kept failing.",
        endpoint_store.Why,
    ),
    ("ErrorCode", _CODES, Literal[*CATALOGUE]),
    ("KeyStatus", "Whether an API key works.", KeyStatus),
    ("Kind", "What is posted.", options.Kind),
    ("Mending", "A change that Dropcast makes to a picture before TikTok fetches it.", Correction),
    ("Mode", "direct: Dropcast posts. draft: the creator finishes the post in the TikTok app.", options.Mode),
    ("OnTooLong", "Whether Dropcast refuses or cuts a text that is too long.", Literal["refuse", "clamp"]),
    ("Period", "The number of days that a trend list covers.", Literal["1", "7", "30", "90", "120"]),
    ("PlanAction", "What a plan does.", plan.PlanAction),
    (
        "PlanState",
        "open: the API key that made the plan may execute it. spent: the plan was executed. expired: the plan is too "
        "old to be executed. refused: the action has problems, so Dropcast stored no plan.",
        Literal["open", "spent", "expired", "refused"],
    ),
    ("PrivacyLevel", "Who may see a post.", options.PrivacyLevel),
    ("ReconnectReason", "Why an account must be connected again.", Literal["refused", "answer_lost"]),
    ("ResolveOutcome", "A person's decision on an unknown publish.", Resolution),
    ("Scope", "What an API key may do.", Scope),
    ("SourceType", "The source of the media: an object in S3, a URL, or photos.", Literal["s3", "url", "photos"]),
    ("TrendBasis", "What a rank change is measured against.", models.Basis),
    ("TrendDirection", "The direction of a rank change.", models.Direction),
    ("TrendFailure", "Why a source returned no list.", models.Reason),
    ("TrendKind", "The kind of a trend list.", models.TrendKind),
    ("TrendSource", "The source of a trend list.", models.SourceName),
    ("TrendSourceState", "The recent state of a source.", health_store.SourceState),
    ("UploadContentType", "A content type that can be uploaded.", uploads.ContentType),
    ("UploadState", "The state of an upload.", UploadState),
    ("Via", "upload: Dropcast sends the bytes. pull: TikTok fetches them. auto: Dropcast chooses.", options.Via),
    ("VideoCodec", "The codec of a video.", VideoCodec),
    ("VideoContentType", "The type of a video.", ContentType),
    ("Way", "upload: Dropcast sends the bytes. pull: TikTok fetches them.", Literal["upload", "pull"]),
]


def name_enums(document: Schema) -> None:
    """Turn each enum in _NAMED into a component. Replace each list of its values with a reference to the component."""
    words = {name: description for name, description, _ in _NAMED}
    own = {name: one for name, one in components(document).items() if "enum" in one}
    names = {get_args(values): name for name, _, values in _NAMED} | {
        tuple(one["enum"]): name for name, one in own.items()
    }
    for schema in list(schemas(document)):
        name = names.get(tuple(schema.get("enum", ())))
        if name is None or schema is own.get(name):
            continue
        if name not in own:
            own[name] = {"type": "string", "enum": schema["enum"], "title": name, "description": words[name]}
        del schema["enum"], schema["type"]
        schema |= reference(name)
    components(document).update(own)
