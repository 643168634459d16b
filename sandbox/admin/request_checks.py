"""The request bodies and error answers of the admin API."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.creators import Creator
from sandbox.state.state import sandbox_of


class StrictBody(BaseModel, extra="forbid", allow_inf_nan=False):
    """A request body without unknown fields and without infinite numbers."""


def admin_error(status: int, words: str) -> Response:
    return JSONResponse({"error": words}, status)


def of_creator(endpoint: Callable[[Request, Creator], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Pass the creator that the path names to the endpoint. Answer 404 if there is no such creator."""

    async def found(request: Request) -> Response:
        creator = sandbox_of(request).creators.find(request.path_params["name"])
        return await endpoint(request, creator) if creator else admin_error(404, "no such creator")

    return found


def validated(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Answer 422 with the validation errors if the body is invalid."""

    async def checked(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as problem:
            return JSONResponse(
                {"error": problem.errors(include_url=False, include_context=False, include_input=False)}, 422
            )

    return checked
