"""Names the fields of a request that cause a problem."""

from dropcast.errors.problem import Problem

_FIELDS = {
    "privacy_level_not_available": "privacy_level",
    "unaudited_client_posts_self_only": "privacy_level",
    "longer_than_creator_may": "source",
    "duration_too_long": "source",
    "cover_outside_video": "cover_timestamp_ms",
}


def fields_of(found: Problem, *, otherwise: str) -> tuple[str, ...]:
    """The fields that cause the problem. `otherwise`: the field to name if the problem concerns no option of
    the post.
    """
    if found.code == "interaction_switched_off":
        return tuple(f"allow_{name}" for name in found.details["interactions"].split(", "))
    return (_FIELDS.get(found.code, otherwise),)
