"""Checks the body of an init (protocol sections 3.2 and 3.3): fields, types, lengths, the chunk plan."""

import ipaddress
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from sandbox.rules.chunks import plan_problem

LONGEST_TITLE = 2200
BRAND_TOGGLES = ("brand_content_toggle", "brand_organic_toggle")
SWITCHES = ("disable_duet", "disable_stitch", "disable_comment", "is_aigc", *BRAND_TOGGLES)
PLAN = ("video_size", "chunk_size", "total_chunk_count")
KNOWN = {
    "post_info": {"privacy_level", "title", "video_cover_timestamp_ms", *SWITCHES},
    "source_info": {"source", "video_url", *PLAN},
}


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def post_info_problem(info: dict[str, Any]) -> str | None:
    """The error of a direct post's post_info, or None. The privacy level is not checked."""
    problem = text_problem(info, "title", LONGEST_TITLE) or switch_problem(info, SWITCHES)
    if not problem and not is_integer(info.get("video_cover_timestamp_ms", 0), bits=32):
        return "post_info.video_cover_timestamp_ms must be an int32."
    return problem


def text_problem(info: dict[str, Any], name: str, longest: int) -> str | None:
    text = info.get(name, "")
    if not isinstance(text, str):
        return f"post_info.{name} must be a string."
    if utf16_units(text) > longest:
        return f"post_info.{name} is longer than {longest} UTF-16 code units."
    return None


def switch_problem(info: dict[str, Any], names: tuple[str, ...]) -> str | None:
    wrong = next((name for name in names if not isinstance(info.get(name, False), bool)), None)
    return f"post_info.{wrong} must be true or false." if wrong else None


def source_info_problem(info: Any) -> str | None:
    """The error of source_info, or None."""
    if not isinstance(info, dict):
        return "source_info is missing or not an object."
    match info.get("source"):
        case "FILE_UPLOAD":
            return _plan_problem(info)
        case "PULL_FROM_URL":
            return url_problem("video_url", info.get("video_url"))
        case _:
            return "source_info.source must be FILE_UPLOAD or PULL_FROM_URL."


def warnings(body: dict[str, Any], *, direct: bool) -> list[str]:
    """Warnings about fields that TikTok ignores and, for a direct post, about missing brand toggles."""
    post_info = body.get("post_info", {})
    found = [
        f"{part}.{name} is not documented here and is ignored"
        for part, known in KNOWN.items()
        if isinstance(body.get(part), dict)
        for name in body[part]
        if name not in known
    ]
    if direct:
        found += [f"post_info.{name} is absent; send both toggles" for name in BRAND_TOGGLES if name not in post_info]
    elif post_info:
        found.append("post_info of a draft is ignored: the creator writes the caption in the app")
    return found


def is_ownership_proven(url: str, verified: list[str]) -> bool:
    """Whether `verified` proves the ownership of the URL (protocol section 9).

    It is proven by a verified domain, which includes its subdomains, or by a verified prefix of the URL.
    """
    host = urlsplit(url).hostname or ""
    for proof in verified:
        if "://" in proof:
            if url.startswith(proof):
                return True
        elif host == proof or host.endswith(f".{proof}"):
            return True
    return False


def _plan_problem(info: dict[str, Any]) -> str | None:
    for name in PLAN:
        if not is_integer(info.get(name), bits=64):
            return f"source_info.{name} is missing or not an int64."
    return plan_problem(*(info[name] for name in PLAN))


def url_problem(name: str, url: Any) -> str | None:
    if not isinstance(url, str):
        return f"source_info.{name} is missing or not a string."
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(url)))
    except ValueError:
        good = False
    return None if good else f"source_info.{name} must be an https URL."


def _is_loopback(url: str) -> bool:
    """Whether the address is a loopback address.

    The sandbox accepts http for loopback addresses, although TikTok could not reach them.
    """
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_integer(value: Any, *, bits: int) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
