"""The consent pages of the Business portal, for advertisers and for account holders."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.business.authorize import (
    BusinessConsentRequest,
    allow_advertiser,
    allow_holder,
    deny_business,
    read_advertiser_request,
    read_holder_request,
)
from sandbox.routes.authorize import ConsentError
from sandbox.routes.consent_page import pages
from sandbox.state.state import Sandbox, entry_of, sandbox_of


async def advertiser_authorize(request: Request) -> Response:
    """GET shows the page. POST submits its form."""
    return await _page_or_answer(request, read_advertiser_request(sandbox_of(request).settings, request.query_params))


async def holder_authorize(request: Request) -> Response:
    """GET shows the page. POST submits its form."""
    return await _page_or_answer(request, read_holder_request(sandbox_of(request).settings, request.query_params))


async def _page_or_answer(request: Request, asked: BusinessConsentRequest | ConsentError) -> Response:
    sandbox, entry = sandbox_of(request), entry_of(request)
    if isinstance(asked, ConsentError):
        entry.error_code = asked.error
        return HTMLResponse(pages.get_template("consent_error.html").render(wrong=asked), 400)
    if request.method == "POST":
        return await _answer_form(request, sandbox, asked)
    page = pages.get_template("business_consent.html").render(
        app_id=sandbox.settings.business_app_id,
        asked=asked,
        advertisers=sandbox.advertisers,
        creators=sandbox.creators.all(),
    )
    return HTMLResponse(page)


async def _answer_form(request: Request, sandbox: Sandbox, asked: BusinessConsentRequest) -> Response:
    form, entry = await request.form(), entry_of(request)
    if form.get("decision") != "allow":
        entry.error_code = "access_denied"
        return RedirectResponse(deny_business(asked), 303)
    if asked.kind == "advertiser":
        chosen = [one for one in sandbox.advertisers if one in form.getlist("advertiser_ids")]
        if not chosen:
            return HTMLResponse("Choose an advertiser account first.", 400)
        return RedirectResponse(allow_advertiser(sandbox, asked, chosen), 303)
    creator = sandbox.creators.get(str(form.get("open_id", "")))
    if creator is None:
        return HTMLResponse("Choose a creator first.", 400)
    entry.open_id = creator.open_id
    scopes = {str(scope) for scope in form.getlist("scopes")}
    return RedirectResponse(allow_holder(sandbox, asked, creator, scopes), 303)
