"""The names that the journal and faults use for the paths of TikTok and EnsembleData."""

from typing import Literal

BUSINESS = "/open_api/v1.3"

ROUTES = {
    "/v2/auth/authorize/": "authorize",
    "/v2/auth/authorize": "authorize",
    "/v2/oauth/token/": "token",
    "/v2/oauth/revoke/": "revoke",
    "/v2/post/publish/creator_info/query/": "creator_info",
    "/v2/post/publish/video/init/": "video_init",
    "/v2/post/publish/inbox/video/init/": "inbox_init",
    "/v2/post/publish/content/init/": "content_init",
    "/v2/post/publish/status/fetch/": "status_fetch",
    "/v2/post/publish/cancel/": "cancel",
    "/v2/user/info/": "user_info",
    "/v2/video/list/": "video_list",
    "/v2/video/query/": "video_query",
    "/upload/video/": "upload",
    "/portal/auth": "advertiser_authorize",
    "/business/auth": "business_authorize",
    f"{BUSINESS}/oauth2/access_token/": "advertiser_token",
    f"{BUSINESS}/tt_user/oauth2/token/": "business_token",
    f"{BUSINESS}/tt_user/oauth2/refresh_token/": "business_refresh",
    f"{BUSINESS}/tt_user/oauth2/revoke/": "business_revoke",
    f"{BUSINESS}/tt_user/token_info/get/": "business_token_info",
    f"{BUSINESS}/discovery/trending_list/": "discovery_hashtags",
    f"{BUSINESS}/discovery/detail/": "discovery_hashtag",
    f"{BUSINESS}/discovery/video_list/": "discovery_videos",
    f"{BUSINESS}/discovery/cml/trending_list/": "discovery_music",
    f"{BUSINESS}/discovery/cml/video_list/": "discovery_music_videos",
    f"{BUSINESS}/discovery/trending/search/": "discovery_search",
    f"{BUSINESS}/discovery/trending/search/keyword/": "discovery_related",
    f"{BUSINESS}/business/hashtag/suggestion/": "hashtag_suggestion",
    f"{BUSINESS}/business/comment/list/": "comment_list",
    f"{BUSINESS}/business/comment/create/": "comment_create",
    f"{BUSINESS}/business/comment/reply/list/": "comment_replies",
    f"{BUSINESS}/business/comment/reply/create/": "comment_reply",
    f"{BUSINESS}/business/comment/hide/": "comment_hide",
    f"{BUSINESS}/business/comment/like/": "comment_like",
    f"{BUSINESS}/business/comment/pin/": "comment_pin",
    f"{BUSINESS}/business/comment/delete/": "comment_delete",
    "/oembed": "oembed",
    "/CreativeOne/KnowledgeAPI/GetHashtagList": "creative_hashtags",
    "/CreativeOne/KnowledgeAPI/GetHashtagDetail": "creative_hashtag",
    "/CreativeOne/Report/GetTopContentsOverview": "creative_periods",
    "/CreativeOne/Report/CreativeCenterGetTopContentsList": "creative_videos",
    "/apis/tt/hashtag/posts": "ensemble_hashtag",
    "/apis/tt/keyword/search": "ensemble_keyword",
    "/apis/customer/get-used-units": "ensemble_units",
}

PREFIXES = {
    "/avatar/": "avatar",
    "/cover/": "cover",
    "/@": "public_page",
    "/embed/": "public_page",
    "/player/": "public_page",
    "/creative_radar_api/": "creative_radar",
}

ROUTE_NAMES = frozenset(ROUTES.values()) | {"creative_radar"}


Dialect = Literal["open", "business", "creative", "ensemble"]

DIALECT_PREFIXES: dict[str, Dialect] = {
    "advertiser_": "business",
    "business_": "business",
    "discovery_": "business",
    "comment_": "business",
    "hashtag_": "business",
    "creative_": "creative",
    "ensemble_": "ensemble",
}


def dialect_of(route: str) -> Dialect:
    """The answer format of a route: that of TikTok's open API, Business API, Creative Center or EnsembleData."""
    for prefix, dialect in DIALECT_PREFIXES.items():
        if route.startswith(prefix):
            return dialect
    return "open"


def route_of(path: str) -> str:
    """The route name of a path. The prefix /us stands for Creative Center's host for the US."""
    known = ROUTES.get(path.removeprefix("/us") if path.startswith("/us/Creative") else path)
    return known or next((name for prefix, name in PREFIXES.items() if path.startswith(prefix)), "unknown")
