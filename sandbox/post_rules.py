"""What the body of an init must hold (sections 3.2 and 3.3): fields, types, lengths, the chunk plan."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from sandbox.chunks import plan_problem
from sandbox.creators import PRIVACY_LEVELS

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


def post_info_problem(info: Any) -> str | None:
    """What is wrong with a direct post's post_info, in words; None when it is right."""
    if not isinstance(info, dict):
        return "post_info is missing or not an object."
    if info.get("privacy_level") not in PRIVACY_LEVELS:
        return f"post_info.privacy_level must be one of {', '.join(PRIVACY_LEVELS)}."
    title = info.get("title", "")
    if not isinstance(title, str):
        return "post_info.title must be a string."
    if utf16_units(title) > LONGEST_TITLE:
        return f"post_info.title is longer than {LONGEST_TITLE} UTF-16 code units."
    for name in SWITCHES:
        if not isinstance(info.get(name, False), bool):
            return f"post_info.{name} must be true or false."
    cover = info.get("video_cover_timestamp_ms", 0)
    if not _integer(cover, bits=32):
        return "post_info.video_cover_timestamp_ms must be an int32."
    return None


def source_info_problem(info: Any) -> str | None:
    """What is wrong with source_info, in words; None when it is right."""
    if not isinstance(info, dict):
        return "source_info is missing or not an object."
    match info.get("source"):
        case "FILE_UPLOAD":
            return _plan_problem(info)
        case "PULL_FROM_URL":
            return _url_problem(info.get("video_url"))
        case _:
            return "source_info.source must be FILE_UPLOAD or PULL_FROM_URL."


def warnings(body: dict[str, Any], *, direct: bool) -> list[str]:
    """What TikTok accepts in silence but an app had better know."""
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


def owned(url: str, verified: list[str]) -> bool:
    """Section 9: by a verified domain (and what is below it), or by an exact string prefix."""
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
        if not _integer(info.get(name), bits=64):
            return f"source_info.{name} is missing or not an int64."
    return plan_problem(*(info[name] for name in PLAN))


def _url_problem(url: Any) -> str | None:
    if not isinstance(url, str):
        return "source_info.video_url is missing or not a string."
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and _loopback(url)))
    except ValueError:
        good = False
    return None if good else "source_info.video_url must be an https URL."


def _loopback(url: str) -> bool:
    """http is let through for this machine alone, which TikTok could never reach."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _integer(value: Any, *, bits: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
