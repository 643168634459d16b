"""Who a connected account is (protocol section 8)."""

from collections.abc import Collection

from pydantic import SecretStr

from dropcast.tiktok.client import Envelope, Refused, TikTok, Unanswered, as_object, ask_query, read_as
from dropcast.tiktok.models import UserInfo

_PATH = "/v2/user/info/"
_FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "display_name"),
    "user.info.profile": ("username",),
}


def user_info(tiktok: TikTok, access_token: SecretStr, scopes: Collection[str]) -> UserInfo | Refused | Unanswered:
    """The account behind `access_token`; 600 a minute.

    Only fields of granted `scopes` are asked for, since one too many fails the whole call; with no scope that has
    fields TikTok is asked for open_id alone and refuses by itself.
    """
    fields = [field for scope, fields in _FIELDS.items() if scope in scopes for field in fields] or ["open_id"]
    answer = ask_query(tiktok, _PATH, access_token, {"fields": ",".join(fields)})
    if isinstance(answer, Envelope):
        answer = Envelope(as_object(answer.data.get("user")), answer.log_id, answer.http_status)
    return read_as(UserInfo, answer)
