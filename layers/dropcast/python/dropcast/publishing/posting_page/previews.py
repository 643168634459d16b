"""Addresses with which a browser can show an object of the deployment's bucket."""

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.uploads.upload_parts_and_keys import PREFIX, parse_key
from dropcast.publishing.uploads.upload_rows import visible_upload
from dropcast.settings import settings

_LIVES_S = 3600
# Folders of Dropcast's own objects.
_NOT_SHOWN = ("media/", "trends/")


def preview_url(key: str, caller: Caller) -> SecretStr | Problem:
    """An address of the object, valid for an hour. It is a secret.

    The function does not ask S3 whether the object exists. A caller that is bound to a user sees only this user's
    uploads. Problem: not_found.
    """
    if not _may_see(key, caller):
        return problem("not_found", what="file")
    url = clients.client("s3", clients.PRESIGNING).generate_presigned_url(
        "get_object", Params={"Bucket": settings().media_bucket, "Key": key}, ExpiresIn=_LIVES_S
    )
    return SecretStr(url)


def _may_see(key: str, caller: Caller) -> bool:
    if not key.startswith(PREFIX):
        return caller.user_id is None and bool(key) and not key.startswith(_NOT_SHOWN)
    ids = parse_key(key)
    return ids is not None and not isinstance(visible_upload(ids.upload_id, caller), Problem)
