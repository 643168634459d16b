"""/v1/site-verification: the file with which TikTok's portal checks that the app's owner controls this domain."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.accounts.connect.begin_consent import public_url
from dropcast.log import logger
from dropcast.settings import VERIFICATION_LINE, VERIFICATION_NAME
from dropcast.site_verification import VerificationFile, store_verification_file

from .answers import Answer, caller, documented, operators, view

router = APIGatewayHttpRouter()

_EXAMPLE = {"name": "tiktokX1y2Z3.txt", "line": "tiktok-developers-site-verification=X1y2Z3"}


class SiteVerificationRequest(BaseModel, extra="forbid", json_schema_extra={"examples": [_EXAMPLE]}):
    """The file that TikTok's portal shows for a URL property: its `name` and its one `line`."""

    name: str = Field(pattern=f"^{VERIFICATION_NAME}$", max_length=200)
    line: str = Field(pattern=f"^{VERIFICATION_LINE}$", max_length=200)


class SiteVerificationView(
    BaseModel, json_schema_extra={"examples": [{**_EXAMPLE, "url": "https://dropcast.example/tiktokX1y2Z3.txt"}]}
):
    """The stored file. `url` is its public address."""

    name: str
    line: str
    url: str


@router.put(
    "/v1/site-verification",
    middlewares=operators("admin"),
    responses=documented(200, "The file is served", SiteVerificationView, "not_found"),
)
def put_site_verification(body: SiteVerificationRequest) -> Answer:
    """Serve a verification file of TikTok's portal at the root of the deployment's address.

    This replaces the file of an earlier request, but not a file in the deployment's settings.
    """
    store_verification_file(VerificationFile(body.name, body.line))
    logger.info("site_verification.stored", file=body.name, key_id=caller().key_id)
    return view(200, SiteVerificationView(name=body.name, line=body.line, url=f"{public_url()}/{body.name}"))
