"""POST /_sandbox/authorize: answers TikTok's three consent pages without a browser."""

from dataclasses import asdict
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.admin.request_checks import StrictBody, admin_error
from sandbox.business.authorize import (
    BusinessConsentRequest,
    allow_advertiser,
    allow_holder,
    deny_business,
    read_advertiser_request,
    read_holder_request,
)
from sandbox.creators import Creator
from sandbox.routes.authorize import ConsentError, ConsentRequest, allow, deny, read_request
from sandbox.settings import Settings
from sandbox.state.state import Sandbox, sandbox_of

PAGES = ("/v2/auth/authorize", "/v2/auth/authorize/", "/portal/auth", "/business/auth")


def _consent_page(url: str) -> str:
    if urlsplit(url).path not in PAGES:
        raise ValueError(f"must have one of the paths {', '.join(PAGES)}")
    return url


class ConsentDecision(StrictBody):
    """`username` or `open_id` names the creator; an advertiser's consent has no creator."""

    authorize_url: Annotated[str, AfterValidator(_consent_page)]
    username: str | None = None
    open_id: str | None = None
    scopes: list[str] | None = None
    advertiser_ids: list[str] | None = None
    deny: bool = False


async def decide_consent(request: Request) -> Response:
    """Return the address to which the page at authorize_url would redirect the browser."""
    sandbox = sandbox_of(request)
    body = ConsentDecision.model_validate_json(await request.body())
    asked = _read_consent_request(sandbox.settings, urlsplit(body.authorize_url))
    if isinstance(asked, ConsentError):
        return JSONResponse(asdict(asked), 400)
    if body.deny:
        return _redirect_answer(deny_business(asked) if isinstance(asked, BusinessConsentRequest) else deny(asked))
    if isinstance(asked, BusinessConsentRequest) and asked.kind == "advertiser":
        chosen = body.advertiser_ids or sandbox.advertisers
        if unknown := set(chosen) - set(sandbox.advertisers):
            return admin_error(422, f"no such advertiser account: {', '.join(sorted(unknown))}")
        return _redirect_answer(allow_advertiser(sandbox, asked, chosen))
    creator = sandbox.creators.find(body.open_id or body.username or "")
    if creator is None:
        return admin_error(404, "no such creator")
    scopes = set(asked.scopes if body.scopes is None else body.scopes)
    if other := scopes - set(asked.scopes):
        return admin_error(422, f"the app did not ask for {', '.join(sorted(other))}")
    return _redirect_answer(_allow(sandbox, asked, creator, scopes))


def _read_consent_request(
    settings: Settings, page: SplitResult
) -> ConsentRequest | BusinessConsentRequest | ConsentError:
    query = dict(parse_qsl(page.query, keep_blank_values=True))
    match page.path:
        case "/portal/auth":
            return read_advertiser_request(settings, query)
        case "/business/auth":
            return read_holder_request(settings, query)
        case _:
            return read_request(settings, query)


def _allow(sandbox: Sandbox, asked: ConsentRequest | BusinessConsentRequest, creator: Creator, scopes: set[str]) -> str:
    if isinstance(asked, BusinessConsentRequest):
        return allow_holder(sandbox, asked, creator, scopes)
    return allow(sandbox, asked, creator, scopes)


def _redirect_answer(redirect_to: str) -> Response:
    return JSONResponse({"redirect_to": redirect_to})
