"""Builds a request to TikTok without checks: it contains every option that the caller set."""

import json
from typing import Any

INIT = {
    ("video", "direct"): "/v2/post/publish/video/init/",
    ("video", "draft"): "/v2/post/publish/inbox/video/init/",
    ("photo", "direct"): "/v2/post/publish/content/init/",
    ("photo", "draft"): "/v2/post/publish/content/init/",
}
SWITCHES = {"allow_comment": "disable_comment", "allow_duet": "disable_duet", "allow_stitch": "disable_stitch"}
SAME = ("privacy_level", "auto_add_music")
BRANDS = {"brand_content": "brand_content_toggle", "brand_organic": "brand_organic_toggle"}


def naive(asked: dict[str, Any], prefix: str) -> tuple[str, bytes]:
    """The path and the body."""
    kind, mode = asked.get("kind", "video"), asked.get("mode", "direct")
    post_info = _post_info(asked, kind)
    body: dict[str, Any] = {"post_info": post_info, "source_info": _source_info(asked, prefix)}
    if kind == "photo":
        body |= {"media_type": "PHOTO", "post_mode": "DIRECT_POST" if mode == "direct" else "MEDIA_UPLOAD"}
        body["source_info"]["photo_cover_index"] = asked.get("cover_index", 0)
    elif asked.get("cover_index"):
        body["source_info"]["photo_cover_index"] = asked["cover_index"]
    if asked.get("is_aigc"):
        (body if kind == "photo" else post_info)["is_aigc"] = True
    return INIT[kind, mode], json.dumps(body).encode()


def _post_info(asked: dict[str, Any], kind: str) -> dict[str, Any]:
    info: dict[str, Any] = {name: asked[name] for name in SAME if asked.get(name)}
    info |= {theirs: asked[ours] for ours, theirs in BRANDS.items() if asked.get(ours)}
    info |= {theirs: not asked[ours] for ours, theirs in SWITCHES.items() if asked.get(ours)}
    if asked.get("cover_timestamp_ms") is not None:
        info["video_cover_timestamp_ms"] = asked["cover_timestamp_ms"]
    texts = {name: asked[name] for name in ("title", "description") if asked.get(name)}
    if asked.get("hashtags"):
        name = "title" if kind == "video" else "description"
        texts[name] = _with_tags(texts.get(name, ""), asked["hashtags"])
    return info | texts


def _with_tags(text: str, hashtags: list[str]) -> str:
    between = "" if not text or text[-1].isspace() else " "
    return text + between + " ".join(f"#{tag}" for tag in hashtags)


def _source_info(asked: dict[str, Any], prefix: str) -> dict[str, Any]:
    source, via = asked["source"], asked.get("via", "auto")
    match source["type"]:
        case "url":
            return {"source": "FILE_UPLOAD" if via == "upload" else "PULL_FROM_URL", "video_url": source["url"]}
        case "photos":
            urls = [f"{prefix}{item['key']}" for item in source["items"]]
            return {"source": "FILE_UPLOAD" if via == "upload" else "PULL_FROM_URL", "photo_images": urls}
        case _ if via == "pull":
            return {"source": "PULL_FROM_URL", "video_url": f"{prefix}{source['key']}"}
        case _:
            return {"source": "FILE_UPLOAD", "video_size": 1000, "chunk_size": 1000, "total_chunk_count": 1}
