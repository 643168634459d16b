"""What all of the admin API's routes share: bodies that are checked, and how it says no."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class StrictBody(BaseModel):
    model_config = ConfigDict(extra="forbid")


def admin_error(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status)


def validated(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A body that does not fit is answered with what is wrong with it."""

    async def checked(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as problem:
            return JSONResponse(
                {"error": problem.errors(include_url=False, include_context=False, include_input=False)}, 422
            )

    return checked
