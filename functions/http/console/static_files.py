"""GET /static: the pages' scripts, styles and pictures. infra/console_assets.py puts them gzipped into the layer."""

import json
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

_A_YEAR = "public, max-age=31536000, immutable"

router = APIGatewayHttpRouter()


@router.get("/static/<digest>/<name>")
def static_file(digest: str, name: str) -> Response[bytes]:
    """One static file, gzipped, because every browser accepts gzip.

    A page of an earlier deployment gets the present file. No cache stores this file under the old address.
    """
    kinds = _manifest()["files"]
    if name not in kinds:
        raise NotFoundError
    headers = {
        "Cache-Control": _A_YEAR if digest == _manifest()["digest"] else "no-store",
        "Content-Encoding": "gzip",
        "Content-Security-Policy": "frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, kinds[name], _folder().joinpath(f"{name}.gz").read_bytes(), headers)


def address_of(name: str) -> str:
    """The address of a static file. It changes whenever the content of any static file changes.

    KeyError if there is no such file.
    """
    manifest = _manifest()
    if name not in manifest["files"]:
        raise KeyError(name)
    return f"/static/{manifest['digest']}/{name}"


@lru_cache
def _manifest() -> dict[str, Any]:
    """The manifest. `digest` is the hash of all files. `files` maps the name of each file to its content type."""
    return json.loads(_folder().joinpath("manifest.json").read_bytes())


def _folder() -> Traversable:
    return files("console_static")
