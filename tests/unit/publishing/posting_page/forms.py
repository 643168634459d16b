"""Forms and creators for the tests of the posting page."""

from dataclasses import replace
from typing import Any

from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.page import PostingPage, posting_page
from dropcast.tiktok.models import CreatorInfo
from tests.unit.publishing.conftest import CREATOR

PUBLIC = CreatorInfo.model_validate(
    CREATOR | {"privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]}
)
PRIVATE = PUBLIC.model_copy(
    update={
        "privacy_level_options": ("FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"),
        "duet_disabled": True,
        "stitch_disabled": True,
    }
)
VIDEO = PostChoices(source=("a.mp4",))
PHOTOS = PostChoices(kind="photo", source=("1.jpg", "2.jpg"))
READY = replace(VIDEO, privacy_level="PUBLIC_TO_EVERYONE")


def page_of(
    choices: PostChoices, creator: CreatorInfo = PUBLIC, *, audited: bool = True, **changes: Any
) -> PostingPage:
    return posting_page(replace(choices, **changes), "acc_1", creator, None, audited=audited)


def reasons(page: PostingPage) -> list[tuple[str, str]]:
    return [(one.field, one.problem.code) for one in page.button.reasons]
