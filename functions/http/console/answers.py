"""Builds the answers of all routes, with the headers that limit what a page may load and do."""

from collections.abc import Mapping, Sequence
from json import dumps
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.shared.cookies import Cookie

from dropcast import ids
from dropcast.errors.problem import Problem, http_status
from dropcast.publishing.uploads.multipart import bucket_origin
from dropcast.settings import listed, settings

from . import request_session
from .templates import render, render_block

_HTML = "text/html; charset=utf-8"
# The function does not compress pages. If a compressed page held a token and words of the request, an attacker who sees
# the page's length on the network could guess the token. With these headers browsers do not send a page's address to
# other sites, pages may open popups, and no site may frame an answer. A page has its own rule for frames (_policy).
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# A page of an embed may be a popup of another site and reports its results to that site. Browsers let the two windows
# communicate only without an opener policy.
_FRAMED_HEADERS = {"Cross-Origin-Opener-Policy": "unsafe-none", "Referrer-Policy": "no-referrer"}


def page(
    template: str,
    status: int = 200,
    *,
    cookies: Sequence[Cookie] = (),
    bucket: bool = False,
    framed_by: str | None = None,
    **values: Any,
) -> Response[str]:
    """A whole page. For an embed, which already shows a whole page, only the main part of the page.

    bucket: the page may upload to the media bucket and show its objects. framed_by: the only origin that may frame the
    page.
    """
    if request_session.current_embed.get() is not None:
        return partial(template, "main", status, **values)
    nonce = _nonce()
    return _html(status, render(template, nonce, values), _headers(nonce, bucket, framed_by), cookies)


def partial(
    template: str, block: str, status: int = 200, *, cookies: Sequence[Cookie] = (), **values: Any
) -> Response[str]:
    """One block of a page's template, which htmx inserts into the page. The headers of the page apply to it."""
    nonce = _nonce()
    return _html(status, render_block(template, block, nonce, values), _headers(nonce), cookies)


def problem_page(why: Problem) -> Response[str]:
    """A page that says what went wrong and what to do.

    If htmx asked for a part of a page, the problem is shown above the page's content, and the part stays unchanged. So
    the page can still be used, and a part that polls continues to poll.
    """
    values = {"problem": why, "request_id": BaseRouter.lambda_context.aws_request_id}
    if not is_asked_by_htmx():
        return with_retry_after(page("problem.html", http_status(why.code), **values), why)
    answer = partial("problem.html", "box", http_status(why.code), **values)
    answer.headers |= {"HX-Retarget": "#trouble", "HX-Reswap": "innerHTML"}
    return with_retry_after(answer, why)


def with_retry_after(answer: Response[str], why: Problem) -> Response[str]:
    """`answer`, with the header Retry-After if `why` states the time until the next try."""
    if (seconds := why.details.get("retry_after")) is not None:
        answer.headers["Retry-After"] = str(seconds)
    return answer


def json(status: int, body: Mapping[str, Any]) -> Response[str]:
    """A JSON answer to the page's scripts."""
    return Response(status, "application/json", dumps(body), dict(_HEADERS))


def json_problem(why: Problem) -> Response[str]:
    """The error answer to the page's scripts, in the API's format."""
    return json(http_status(why.code), {"error": why.model_dump(mode="json")})


def redirect(location: str, *cookies: Cookie) -> Response[str]:
    """Redirect the browser to `location`.

    After a request of htmx, a plain redirect would put the new page into a part of the old page. So a header tells htmx
    to load the new page as a whole. An embed's page must stay loaded, because only the page's memory holds the embed's
    token. So in an embed htmx replaces only the content of the page.
    """
    if request_session.current_embed.get() is not None:
        place = {"path": location, "target": "#page", "swap": "innerHTML", "push": "false"}
        return Response(200, _HTML, "", {**_HEADERS, "HX-Location": dumps(place)})
    status, header = (200, "HX-Redirect") if is_asked_by_htmx() else (303, "Location")
    return Response(status, _HTML, "", {**_HEADERS, header: location}, list(cookies))


def is_asked_by_htmx() -> bool:
    """Whether htmx sent the request, so that it inserts the answer into a part of the page."""
    return BaseRouter.current_event.headers.get("hx-request") == "true"


def _html(status: int, text: str, headers: dict[str, str | list[str]], cookies: Sequence[Cookie]) -> Response[str]:
    return Response(status, _HTML, text, headers, list(cookies))


def _headers(nonce: str, bucket: bool = False, framed_by: str | None = None) -> dict[str, str | list[str]]:
    own = {**_HEADERS, **_FRAMED_HEADERS} if framed_by else _HEADERS
    return {**own, "Content-Security-Policy": _policy(nonce, bucket, framed_by or "'none'")}


def _policy(nonce: str, bucket: bool, ancestor: str) -> str:
    """What a page may load and do. All scripts and styles are our own files, and only htmx may write HTML into
    a page.
    """
    ours = [bucket_origin()] if bucket else []
    sources = {
        "default-src": ["'none'"],
        "script-src": ["'self'", f"'nonce-{nonce}'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'", *ours],
        "img-src": ["'self'", "blob:", *ours, *listed(settings().tiktok_image_origins)],
        "media-src": ["'self'", "blob:", *ours],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": [ancestor],
        "trusted-types": ["htmx"],
        "require-trusted-types-for": ["'script'"],
    }
    return "; ".join(" ".join([name, *values]) for name, values in sources.items())


def _nonce() -> str:
    """A text that only the scripts and htmx elements of our templates have. Injected HTML lacks this text and can do
    nothing.
    """
    return ids.new_secret(16)
