"""Checks the body of a content/init (protocol section 5), and warns about fields that TikTok ignores."""

from typing import Any, Literal

from sandbox.rules.post_rules import (
    BRAND_TOGGLES,
    is_integer,
    switch_problem,
    text_problem,
    url_problem,
)

LONGEST_TITLE = 90
LONGEST_DESCRIPTION = 4000
PICTURES_MAX = 35
DIRECT_SWITCHES = ("disable_comment", "auto_add_music", *BRAND_TOGGLES)
TEXTS = ("title", "description")
KNOWN = {
    "post_info": {"privacy_level", *TEXTS, *DIRECT_SWITCHES},
    "source_info": {"source", "photo_cover_index", "photo_images"},
}

PostMode = Literal["DIRECT_POST", "MEDIA_UPLOAD"]


def post_mode(body: dict[str, Any]) -> PostMode | None:
    """The post_mode. None if media_type and post_mode are not a valid pair."""
    mode = body.get("post_mode")
    return mode if body.get("media_type") == "PHOTO" and mode in ("DIRECT_POST", "MEDIA_UPLOAD") else None


def body_problem(body: dict[str, Any], mode: PostMode) -> str | None:
    """The error of the body, or None. The privacy level is not checked. The caller has checked that `post_info` is an
    object.
    """
    if not isinstance(body.get("is_aigc", False), bool):
        return "is_aigc must be true or false."
    return _post_info_problem(body["post_info"], mode) or _source_info_problem(body.get("source_info"))


def warnings(body: dict[str, Any], mode: PostMode) -> list[str]:
    """Warnings about fields that TikTok ignores and, for a direct post, about missing brand toggles."""
    info, direct = body["post_info"], mode == "DIRECT_POST"
    without_effect = {"privacy_level", *DIRECT_SWITCHES}
    found = [
        f"{part}.{name} is not documented here and is ignored"
        for part, known in KNOWN.items()
        for name in body.get(part, {})
        if name not in known
    ]
    if direct:
        found += [f"post_info.{name} is absent; send both toggles" for name in BRAND_TOGGLES if name not in info]
    else:
        found += [
            f"post_info.{name} is ignored: the creator chooses it in the app" for name in info if name in without_effect
        ]
    return found


def _post_info_problem(info: dict[str, Any], mode: PostMode) -> str | None:
    texts = text_problem(info, "title", LONGEST_TITLE) or text_problem(info, "description", LONGEST_DESCRIPTION)
    if mode == "MEDIA_UPLOAD":
        return texts
    return texts or switch_problem(info, DIRECT_SWITCHES)


def _source_info_problem(info: Any) -> str | None:
    if not isinstance(info, dict) or info.get("source") != "PULL_FROM_URL":
        return "source info empty or incorrect"
    urls, cover = info.get("photo_images"), info.get("photo_cover_index")
    if not isinstance(urls, list) or not 1 <= len(urls) <= PICTURES_MAX:
        return f"source_info.photo_images must hold 1 to {PICTURES_MAX} URLs."
    problem = next(filter(None, (url_problem(f"photo_images[{at}]", url) for at, url in enumerate(urls))), None)
    if problem is None and not (is_integer(cover, bits=32) and 0 <= cover < len(urls)):
        return "source_info.photo_cover_index must be the 0-based index of a picture."
    return problem
