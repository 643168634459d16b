"""The addresses of posts, profiles and covers. They lead to the sandbox itself, never to a real host."""

from typing import Literal

Media = Literal["video", "photo"]


def profile_url(base_url: str, username: str) -> str:
    return f"{base_url}@{username}"


def share_url(base_url: str, username: str, post_id: int | str, media: Media = "video") -> str:
    return f"{profile_url(base_url, username)}/{media}/{post_id}"


def embed_url(base_url: str, post_id: int | str) -> str:
    return f"{base_url}embed/v2/{post_id}"


def player_url(base_url: str, post_id: int | str) -> str:
    return f"{base_url}player/v1/{post_id}"


def cover_url(base_url: str, post_id: int | str) -> str:
    return f"{base_url}cover/{post_id}.svg"


def avatar_url(base_url: str, open_id: str) -> str:
    return f"{base_url}avatar/{open_id}.svg"
