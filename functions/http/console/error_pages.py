"""The page of each error code: what it means, what to do, and whether a retry helps. The `doc_url` of an error is the
address of this page.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import CATALOGUE, Next, known_code

from .answers import page

router = APIGatewayHttpRouter()

_RETRY_HELPS = {
    Next.RETRY: "Yes. The same request can succeed a little later.",
    Next.WAIT: "Yes, but only after a wait. If the answer has the header Retry-After, wait that many seconds.",
    Next.RECONNECT: "Only after the account has been connected again.",
    Next.RESOLVE: "Not yet. TikTok may already have posted. A person must check the account in the TikTok app first.",
    Next.NONE: "No. The same request fails again until its cause is corrected.",
}


@router.get("/errors/<code>")
def show_error_code(code: str) -> Response[str]:
    """The page with the catalogue's entry for `code`. The page needs no session and reads no table."""
    if known_code(code) != code:
        return page("error_code.html", 404, code=None)
    entry = CATALOGUE[known_code(code)]
    return page("error_code.html", code=code, entry=entry, retry_helps=_RETRY_HELPS[entry.next])
