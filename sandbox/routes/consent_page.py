"""TikTok's consent page."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.creators import Creator
from sandbox.routes.authorize import ALWAYS_GRANTED, ConsentError, ConsentRequest, allow, deny, read_request
from sandbox.state.state import Sandbox, entry_of, sandbox_of

SESSION_COOKIE = "sandbox_session"
SCOPE_WORDS = {
    "user.info.basic": "Read your profile info (avatar, display name)",
    "user.info.profile": "Read your additional profile info (bio, link, verification)",
    "user.info.stats": "Read your profile engagement statistics",
    "video.list": "Read your public videos",
    "video.upload": "Upload drafts for you to edit and post",
    "video.publish": "Post content to TikTok",
}

pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape())


async def authorize(request: Request) -> Response:
    """GET shows the page, or skips it if the signed-in creator consented before. POST submits the page's form."""
    sandbox, entry = sandbox_of(request), entry_of(request)
    match read_request(sandbox.settings, request.query_params):
        case ConsentError() as wrong:
            entry.error_code = wrong.error
            page = pages.get_template("consent_error.html").render(wrong=wrong)
            return HTMLResponse(page, 400)
        case asked if request.method == "POST":
            return await _answer_form(request, sandbox, asked)
        case asked:
            creator = _signed_in(request, sandbox, asked)
            if creator:
                entry.open_id = creator.open_id
                return RedirectResponse(allow(sandbox, asked, creator, set(asked.scopes)), 302)
            return HTMLResponse(_render_page(sandbox, asked))


def _render_page(sandbox: Sandbox, asked: ConsentRequest) -> str:
    return pages.get_template("consent.html").render(
        client_key=sandbox.settings.client_key,
        creators=sandbox.creators.all(),
        chosen=_preselected(sandbox),
        scopes=asked.scopes,
        words=SCOPE_WORDS,
        always=ALWAYS_GRANTED,
    )


def _preselected(sandbox: Sandbox) -> str | None:
    """The first creator for whom the app can post. Before the audit this is a private creator."""
    creators = sandbox.creators.all()
    fit = [one for one in creators if (one.private or sandbox.settings.audited) and not one.banned]
    return (fit or creators)[0].open_id if creators else None


def _signed_in(request: Request, sandbox: Sandbox, asked: ConsentRequest) -> Creator | None:
    creator = sandbox.creators.get(request.cookies.get(SESSION_COOKIE, ""))
    if asked.always_show_page or creator is None:
        return None
    agreed = set(asked.scopes) <= sandbox.tokens.granted(creator.open_id, sandbox.clock.now())
    return creator if agreed else None


async def _answer_form(request: Request, sandbox: Sandbox, asked: ConsentRequest) -> Response:
    form = await request.form()
    entry = entry_of(request)
    if form.get("decision") != "allow":
        entry.error_code = "access_denied"
        return RedirectResponse(deny(asked), 303)
    creator = sandbox.creators.get(str(form.get("open_id", "")))
    if creator is None:
        return HTMLResponse("Choose a creator first.", 400)
    entry.open_id = creator.open_id
    response = RedirectResponse(allow(sandbox, asked, creator, {str(one) for one in form.getlist("scopes")}), 303)
    response.set_cookie(SESSION_COOKIE, creator.open_id, httponly=True, samesite="lax")
    return response
