"""Reads a publish for a caller. Another user's publish counts as not found."""

from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.store import publish_store


def visible_publish(publish_id: str, caller: Caller) -> Publish | Problem:
    """The publish if the caller may see it, read consistently. Problem: not_found."""
    publish = publish_store.get(publish_id)
    if publish is None or not caller.sees(publish.user_id, publish.account_id):
        return problem("not_found", what="publish")
    return publish


def changeable_publish(publish_id: str, caller: Caller) -> Publish | Problem:
    """The publish if the caller may act on it.

    Problems: not_found, scope_missing (the publish is a direct post, and the key allows only drafts).
    """
    publish = visible_publish(publish_id, caller)
    return publish if isinstance(publish, Problem) else caller.mode_refusal(publish.mode) or publish
