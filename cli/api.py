"""Opens the client of the deployment's API, with the key and the address in the environment."""

import os
from typing import Any, TypeVar

from pydantic import ValidationError

from cli.stack import use_stack
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast, DropcastError
from dropcast_client.model_bases import Body

KEY_VARIABLE = "DROPCAST_API_KEY"
URL_VARIABLE = "DROPCAST_URL"
PAGE = 100
"""The largest page of a list."""

Request = TypeVar("Request", bound=Body)


class AccessMissingError(DropcastError):
    """The environment has no API key, or no valid address or key."""


class ObjectMissingError(DropcastError):
    """A list of the API does not contain the requested object."""


def open_api(stage: str) -> Dropcast:
    """The API at DROPCAST_URL, by default at the address of the stage's stack, with the key in DROPCAST_API_KEY."""
    key = os.environ.get(KEY_VARIABLE, "")
    if not key:
        raise AccessMissingError(
            "There is no API key.",
            f"Set {KEY_VARIABLE} to a new key (dropcast keys create --name me --bootstrap), or run dropcast setup.",
        )
    url = os.environ.get(URL_VARIABLE) or use_stack(stage)["PublicUrl"]
    try:
        return Dropcast(url, key)
    except ValueError as error:
        raise AccessMissingError(str(error), f"Check {URL_VARIABLE} and {KEY_VARIABLE}.") from None


def request_of(model: type[Request], given: dict[str, Any]) -> Request:
    """The request with the given fields that are not empty. Raises WrongInputError."""
    return request_with(model, {name: value for name, value in given.items() if value not in ("", None)})


def request_with(model: type[Request], fields: dict[str, Any]) -> Request:
    """The request with exactly these fields, including empty ones. Raises WrongInputError."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise WrongInputError(
            f"{field}: {first['msg']}", "Correct this field. docs/publish.md lists all fields."
        ) from None
