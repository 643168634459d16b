"""A name for every enum of the document, so that a generated client has one type of it."""

from typing import Any, Literal, get_args

from dropcast.access.key_store import KeyStatus
from dropcast.accounts.abilities import AbilityCode
from dropcast.accounts.business.models import BusinessKind, BusinessStatus
from dropcast.accounts.models import AccountStatus, EndReason
from dropcast.budgets.limits import BudgetName
from dropcast.caller import Scope
from dropcast.errors.problem import CATALOGUE
from dropcast.events.deliveries import delivery_store
from dropcast.events.endpoints import endpoint_store
from dropcast.media.picture.header_check import Correction
from dropcast.media.video.preflight import Container, ContentType, VideoCodec
from dropcast.publishing.actions.resolve import Resolution
from dropcast.publishing.model import options
from dropcast.publishing.uploads.upload_rows import UploadState
from dropcast.tiktok.business import comments
from dropcast.trends import health_store, models

from . import uploads
from .document_walk import Schema, components, reference, schemas

_CODES = "A code of the catalogue of errors: what it means, and what helps.\n\n" + "\n".join(
    f"- `{name}`: {entry.message} {entry.fix}" for name, entry in CATALOGUE.items()
)

# The name, what the values are, and the type whose values they are.
_NAMED: list[tuple[str, str, Any]] = [
    ("AbilityCode", "What an account can or cannot do.", AbilityCode),
    ("AccountStatus", "How the connection of an account stands.", AccountStatus),
    ("BudgetName", "A budget of an account (docs/operate.md).", BudgetName),
    ("BusinessKind", "What a consent to TikTok API for Business is for.", BusinessKind),
    ("BusinessStatus", "How a business connection stands.", BusinessStatus),
    ("Charge", "What AWS charges for.", Literal["state_transitions", "lambda_gb_ms", "requests", "bytes_out"]),
    ("CommentMark", "What can be done to a comment below an own video.", comments.Mark),
    ("CommentOrder", "Whether the first is the lowest or the highest.", comments.Order),
    ("CommentSort", "What comments are sorted by.", comments.Sort),
    ("CommentStatus", "Which comments: public ones, or hidden ones too.", comments.Status),
    ("Container", "The container of a video.", Container),
    ("DeliveryState", "Where an event is on its way to a webhook endpoint.", delivery_store.DeliveryState),
    ("EndReason", "Why a connection ended.", EndReason),
    (
        "EndpointFault",
        "Why a webhook endpoint was disabled.",
        Literal["failing", "gone"],
    ),
    ("EndpointStatus", "Whether a webhook endpoint gets events.", endpoint_store.Status),
    ("EndpointWhy", "What disabled a webhook endpoint: a request, its answer 410, or failing.", endpoint_store.Why),
    ("ErrorCode", _CODES, Literal[*CATALOGUE]),
    ("KeyStatus", "Whether an API key works.", KeyStatus),
    ("Kind", "What is posted.", options.Kind),
    ("Mending", "What is changed about a picture before TikTok gets it.", Correction),
    ("Mode", "direct: a post; draft: the creator finishes it in the app.", options.Mode),
    ("OnTooLong", "Whether a text that is too long is refused or cut.", Literal["refuse", "clamp"]),
    ("Period", "Over how many days something trends.", Literal["1", "7", "30", "90", "120"]),
    ("PrivacyLevel", "Who may see a post.", options.PrivacyLevel),
    ("ReconnectReason", "Why an account has to be connected again.", Literal["refused", "answer_lost"]),
    ("ResolveOutcome", "A person's word on an unknown publish.", Resolution),
    ("Scope", "What an API key may do.", Scope),
    ("SourceType", "Where media come from: an object in S3, a URL, or photos.", Literal["s3", "url", "photos"]),
    ("TrendBasis", "What a movement was measured against.", models.Basis),
    ("TrendDirection", "How a place moved.", models.Direction),
    ("TrendFailure", "Why a source told nothing.", models.Reason),
    ("TrendKind", "What trends.", models.TrendKind),
    ("TrendSource", "Who told it.", models.SourceName),
    ("TrendSourceState", "How a source has done lately.", health_store.SourceState),
    ("UploadContentType", "What can be uploaded.", uploads.ContentType),
    ("UploadState", "Where an upload stands.", UploadState),
    ("Via", "Whether Dropcast sends the bytes or TikTok pulls them; `auto` chooses.", options.Via),
    ("VideoCodec", "The codec of a video.", VideoCodec),
    ("VideoContentType", "The type of a video.", ContentType),
    ("Way", "upload: Dropcast sends the bytes; pull: TikTok fetches them.", Literal["upload", "pull"]),
]


def name_enums(document: Schema) -> None:
    """Make every enum of the table a component of its own, and each place that lists its values refer to it."""
    words = {name: told for name, told, _ in _NAMED}
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
