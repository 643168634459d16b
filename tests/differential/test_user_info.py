"""Compares the user fields that we request for each set of granted scopes with the fields that the sandbox returns."""

from itertools import combinations

import pytest

from dropcast.tiktok.client import Refused
from dropcast.tiktok.display_api import user_info
from dropcast.tiktok.models import UserInfo
from tests.differential.conftest import World

SCOPES = ("user.info.basic", "user.info.profile", "user.info.stats")
SETS = [frozenset(some) for size in range(1, 4) for some in combinations(SCOPES, size)]


@pytest.mark.parametrize("scopes", SETS, ids=lambda scopes: ",".join(sorted(scopes)))
def test_only_the_fields_of_the_granted_scopes_are_returned(world: World, scopes):
    creator = world.begin()
    creator.bio_description, creator.is_verified = "Tea", True
    creator.counts = {"follower_count": 12, "following_count": 3, "likes_count": 2**40, "video_count": 5}

    user = user_info(world.tiktok, world.token(creator, scopes | {"video.publish"}), scopes | {"video.publish"})

    if "user.info.basic" not in scopes:
        assert not isinstance(user, UserInfo)  # open_id belongs to the basic scope
        return
    assert isinstance(user, UserInfo), user
    profile = ("tom.private", "Tea", True) if "user.info.profile" in scopes else (None, None, None)
    stats = (12, 3, 2**40, 5) if "user.info.stats" in scopes else (None,) * 4
    assert user.open_id == creator.open_id
    assert (user.username, user.bio_description, user.is_verified) == profile
    assert (user.follower_count, user.following_count, user.likes_count, user.video_count) == stats


def test_a_field_outside_the_granted_scopes_refuses_the_whole_call(world: World):
    creator = world.begin()

    user = user_info(world.tiktok, world.token(creator, {"user.info.basic"}), SCOPES)

    assert isinstance(user, Refused)
    assert user.code == "scope_not_authorized"
