"""The request bodies and error answers of the admin API."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class StrictBody(BaseModel):
    model_config = ConfigDict(extra="forbid")


def admin_error(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status)


def validated(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Answer an invalid body with 422 and the validation errors."""

    async def checked(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as problem:
            return JSONResponse(
                {"error": problem.errors(include_url=False, include_context=False, include_input=False)}, 422
            )

    return checked
