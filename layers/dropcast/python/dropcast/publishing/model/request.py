"""The request of a publish: the body of POST /v1/publishes."""

from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from dropcast.media.limits import PHOTOS_MAX
from dropcast.publishing.model.consent import Consent
from dropcast.publishing.model.options import Kind, Mode, PublishOptions, Strict, Via
from dropcast.publishing.model.post_rules import Complaint, complaints
from dropcast.publishing.model.reference_and_metadata import Labels
from dropcast.timestamp import Timestamp, to_epoch_seconds

PULLED_ONLY = Complaint("via", "pulled_only", "TikTok accepts photos and URLs only by pull")
COVER_OUTSIDE = Complaint("cover_index", "cover_outside_photos", "there is no photo with this number")

_URL_MAX = 2048
_S3_NAME_BYTES = 1024
ACCOUNTS_MAX = 50
_PARAMETER_PLACES = ("body", "query", "path", "header")
_SOURCE_TYPES = ("s3", "url", "photos")


def _pullable(url: str) -> str:
    """Reject a URL that TikTok cannot pull (protocol section 9).

    `url_refusal` (pull_urls.py) checks whether the settings require https.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("it is not a URL") from None
    if not url.isascii() or any(character <= " " or character == "\x7f" for character in url):
        raise ValueError("it holds characters that must be percent-encoded in a URL")
    if parts.scheme not in ("https", "http") or not host:
        raise ValueError("it must begin with https:// and name a host")
    if parts.username is not None or parts.fragment:
        raise ValueError("it must not hold a user name or a fragment (#)")
    return url


def _s3_name(name: str) -> str:
    if len(name.encode()) > _S3_NAME_BYTES:
        raise ValueError(f"it is longer than the {_S3_NAME_BYTES} bytes in UTF-8 that S3 allows")
    if any(character < " " or character == "\x7f" for character in name):
        raise ValueError("it holds a control character")
    return name


class S3Object(Strict):
    """An object in the deployment's bucket, or in a bucket that the deployment may read.

    `version_id` defaults to the newest version.
    """

    bucket: str = Field(min_length=3, max_length=63)
    key: Annotated[str, Field(min_length=1, max_length=_S3_NAME_BYTES), AfterValidator(_s3_name)]
    version_id: Annotated[str, Field(min_length=1, max_length=_S3_NAME_BYTES), AfterValidator(_s3_name)] | None = None


class S3Source(S3Object):
    """A video in S3."""

    type: Literal["s3"]


class UrlSource(Strict):
    """A video that TikTok fetches. The URL must be verified in TikTok's portal."""

    type: Literal["url"]
    url: Annotated[str, Field(min_length=1, max_length=_URL_MAX), AfterValidator(_pullable)]


class Picture(S3Object):
    """A picture in S3."""

    type: Literal["s3"] = "s3"


class PhotosSource(Strict):
    """Pictures in S3, in the order of the post."""

    type: Literal["photos"]
    items: list[Picture] = Field(min_length=1, max_length=PHOTOS_MAX)


RequestSource = Annotated[S3Source | UrlSource | PhotosSource, Field(discriminator="type")]


def _remove_default(schema: dict[str, Any]) -> None:
    """Remove the default from the schema.

    Generated clients send defaults, but a request must not have both `account_id` and `account_ids`.
    """
    del schema["default"]


class PublishRequest(PublishOptions, Labels):
    """A post to one account, or the same post to several. A request has either `account_id` or `account_ids`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "account_id": "acc_01JD3Z8Q9W0000000000000000",
                    "source": {"type": "s3", "bucket": "your-media-bucket", "key": "video.mp4"},
                    "title": "Hello",
                    "hashtags": ["demo"],
                    "privacy_level": "SELF_ONLY",
                }
            ]
        },
    )

    account_id: str = Field(default="", min_length=1, max_length=64, json_schema_extra=_remove_default)
    account_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        default=[],
        min_length=1,
        max_length=ACCOUNTS_MAX,
        json_schema_extra=_remove_default,
        description="Several accounts, each only once. Requires an Idempotency-Key.",
    )
    kind: Kind = "video"
    mode: Mode = Field(
        default="direct", description="A `draft` goes to the creator's inbox. The creator posts it in the app."
    )
    source: RequestSource
    via: Via = Field(
        default="auto",
        description="`upload`: Dropcast sends the bytes. `pull`: TikTok fetches them. `auto`: Dropcast chooses.",
    )
    publish_at: Timestamp | None = Field(default=None, description="When to post: RFC 3339 with a time zone.")
    consent: Consent | None = None
    dry_run: bool = Field(default=False, description="Only report the outcome. Nothing is posted or stored.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [*_account_complaints(self), *_source_complaints(self), *complaints(self.kind, self.mode, self)]
        raise_complaints(self, found)
        return self

    def for_account(self, account_id: str) -> Self:
        """The request for one of its accounts."""
        return self.model_copy(update={"account_id": account_id, "account_ids": []})

    def options(self) -> PublishOptions:
        """The options of the post without the other fields."""
        return PublishOptions.model_validate(self.model_dump(include=set(PublishOptions.model_fields)))

    @property
    def publish_at_s(self) -> int | None:
        """`publish_at` in seconds since the epoch."""
        return to_epoch_seconds(self.publish_at)

    def way(self) -> Literal["upload", "pull"]:
        """How TikTok gets the bytes. Dropcast uploads a video in S3 unless `via` is pull.

        TikTok pulls all other media.
        """
        return "upload" if isinstance(self.source, S3Source) and self.via != "pull" else "pull"


def _account_complaints(request: PublishRequest) -> list[Complaint]:
    several = request.account_ids
    if bool(request.account_id) == bool(several):
        reason = "give exactly one of account_id and account_ids"
        return [Complaint("account_id", "account_missing_or_double", reason)]
    if len(set(several)) < len(several):
        return [Complaint("account_ids", "account_twice", "it names an account twice")]
    if several and request.dry_run:
        return [Complaint("dry_run", "one_account_only", "a dry run takes one account: name it as account_id")]
    return []


def _source_complaints(request: PublishRequest) -> list[Complaint]:
    is_photos = isinstance(request.source, PhotosSource)
    found: list[Complaint] = []
    if is_photos != (request.kind == "photo"):
        fitting = "photos" if request.kind == "photo" else "s3 or url"
        found.append(Complaint("source", "source_of_other_kind", f"a {request.kind} needs a source of type {fitting}"))
    if request.via == "upload" and not isinstance(request.source, S3Source):
        found.append(PULLED_ONLY)
    if isinstance(request.source, PhotosSource) and request.cover_index >= len(request.source.items):
        found.append(COVER_OUTSIDE)
    return found


def raise_complaints(model: PublishOptions, found: list[Complaint]) -> None:
    """Raise a ValidationError with each complaint at its field. Does nothing if there are no complaints."""
    if not found:
        return
    errors: list[InitErrorDetails] = [
        {
            "type": PydanticCustomError(complaint.cause, "{reason}", {"reason": complaint.reason}),
            "loc": (complaint.field,),
            "input": None,
        }
        for complaint in found
    ]
    raise ValidationError.from_exception_data(type(model).__name__, errors, hide_input=True)


def option_errors(error: Any) -> list[dict[str, str]]:
    """The field and the reason of each error in a ValidationError. Leaves out the values, because captions are
    private.
    """
    return [{"field": _field_path(detail["loc"]), "reason": detail["msg"]} for detail in error.errors()]


def _field_path(loc: tuple[str | int, ...]) -> str:
    """The path of a field in the caller's request, such as `source.url`. Leaves out pydantic's tag of the
    source type.
    """
    place = [str(part) for part in loc]
    if len(place) > 1 and place[0] in _PARAMETER_PLACES:
        place = place[1:]
    if "source" in place[:-1] and place[(tag := place.index("source") + 1)] in _SOURCE_TYPES:
        del place[tag]
    return ".".join(place) or "body"
