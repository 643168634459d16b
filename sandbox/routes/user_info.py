"""GET /v2/user/info/ (protocol section 8)."""

from typing import Any

from starlette.requests import Request

from sandbox.addresses import avatar_url, profile_url
from sandbox.answers.open_api import Done, Refusal
from sandbox.creators import Creator
from sandbox.routes.bearer import caller
from sandbox.state.state import sandbox_of

FIELDS = {
    "user.info.basic": {
        "open_id",
        "union_id",
        "avatar_url",
        "avatar_url_100",
        "avatar_large_url",
        "display_name",
    },
    "user.info.profile": {"bio_description", "profile_deep_link", "is_verified", "username"},
    "user.info.stats": {"follower_count", "following_count", "likes_count", "video_count"},
}


async def user_info(request: Request) -> Done | Refusal:
    """Return the requested fields. The whole call fails unless the granted scopes cover every requested field."""
    who = caller(request, any_of=set(FIELDS))
    if isinstance(who, Refusal):
        return who
    wanted = [name for name in request.query_params.get("fields", "").split(",") if name]
    known = set().union(*FIELDS.values())
    if not wanted or not known.issuperset(wanted):
        unknown = ", ".join(name for name in wanted if name not in known)
        return sandbox_of(request).invalid_params(f"fields is missing or names an unknown field: {unknown}")
    allowed = set().union(*(FIELDS[scope] for scope in who.token.scopes if scope in FIELDS))
    if not allowed.issuperset(wanted):
        return Refusal("scope_not_authorized")
    user = _user(who.creator, str(request.base_url))
    return Done({"user": {name: user[name] for name in wanted}})


def _user(creator: Creator, base_url: str) -> dict[str, Any]:
    picture = avatar_url(base_url, creator.open_id)
    return {
        "open_id": creator.open_id,
        "union_id": creator.union_id,
        "avatar_url": picture,
        "avatar_url_100": picture,
        "avatar_large_url": picture,
        "display_name": creator.nickname,
        "bio_description": creator.bio_description,
        "profile_deep_link": profile_url(base_url, creator.username),
        "is_verified": creator.is_verified,
        "username": creator.username,
        **{name: creator.counts.get(name, 0) for name in sorted(FIELDS["user.info.stats"])},
    }
