"""The public pages, and the file that proves to TikTok that the operator controls the domain."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.connect.begin_consent import public_url
from dropcast.settings import settings
from dropcast.site_verification import find_verification_file

from .answers import page

router = APIGatewayHttpRouter()


@router.get("/")
def landing() -> Response[str]:
    """The page that describes the service."""
    return page("landing.html")


@router.get("/terms")
def terms() -> Response[str]:
    """The terms of service."""
    return page("terms.html", operator=_operator(), site=public_url())


@router.get("/privacy")
def privacy() -> Response[str]:
    """The privacy policy."""
    return page("privacy.html", operator=_operator(), site=public_url())


@router.get("/<file>")
def show_verification_file(file: str) -> Response[str]:
    """The file that proves to TikTok's portal that the app's owner controls this domain."""
    found = find_verification_file(file)
    if found is None:
        raise NotFoundError
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(200, "text/plain; charset=utf-8", found.line, headers)


def _operator() -> dict[str, str]:
    """The operator's details, as far as the settings have them."""
    return {
        "name": settings().operator_name,
        "email": settings().operator_email,
        "address": settings().operator_address,
        "law": settings().operator_law,
    }
