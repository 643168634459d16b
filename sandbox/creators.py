"""The creators: people with a TikTok account in the sandbox."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.addresses import avatar_url


@dataclass
class Creator:
    username: str
    nickname: str
    open_id: str
    union_id: str
    business_id: str
    """The creator's open_id on the Business portal."""
    private: bool = False
    banned: bool = False
    capped: bool = False
    """Whether TikTok refuses posts because the creator made too many today."""
    active_user_cap: bool = False
    """Whether TikTok refuses posts because the app had too many active creators today."""
    webhooks: bool = True
    """Whether the sandbox sends webhooks about the creator."""
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int = 600
    bio_description: str = ""
    is_verified: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    videos: list[dict[str, Any]] = field(default_factory=list)
    """Public videos that were not posted through the app."""

    @property
    def privacy_level_options(self) -> list[str]:
        """The privacy levels that TikTok offers to this creator (protocol section 2).

        For a private account, FOLLOWER_OF_CREATOR takes the place of PUBLIC_TO_EVERYONE.
        """
        widest = "FOLLOWER_OF_CREATOR" if self.private else "PUBLIC_TO_EVERYONE"
        return [widest, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]

    def info(self, base_url: str) -> dict[str, Any]:
        """The data of creator_info/query (protocol section 2)."""
        return {
            "creator_avatar_url": avatar_url(base_url, self.open_id),
            "creator_username": self.username,
            "creator_nickname": self.nickname,
            "privacy_level_options": self.privacy_level_options,
            "comment_disabled": self.comment_disabled,
            "duet_disabled": self.duet_disabled or self.private,
            "stitch_disabled": self.stitch_disabled or self.private,
            "max_video_post_duration_sec": self.max_video_post_duration_sec,
        }


class Creators:
    def __init__(self) -> None:
        self._by_open_id: dict[str, Creator] = {}
        self.add("lena.public", nickname="Lena (public account)")
        self.add("tom.private", nickname="Tom (private account)", private=True)

    def add(self, username: str, **fields: Any) -> Creator | None:
        """Add a creator. None if the username is taken."""
        if self.find(username):
            return None
        fields.setdefault("nickname", username)
        fields.setdefault("open_id", f"-000{secrets.token_urlsafe(24)}")
        fields.setdefault("business_id", f"-000{secrets.token_urlsafe(24)}")
        creator = Creator(username=username, union_id=secrets.token_hex(16), **fields)
        self._by_open_id[creator.open_id] = creator
        return creator

    def get(self, open_id: str) -> Creator | None:
        return self._by_open_id.get(open_id)

    def find(self, name: str) -> Creator | None:
        """Find a creator by open_id or username."""
        named = (creator for creator in self._by_open_id.values() if creator.username == name)
        return self._by_open_id.get(name) or next(named, None)

    def all(self) -> list[Creator]:
        return list(self._by_open_id.values())
