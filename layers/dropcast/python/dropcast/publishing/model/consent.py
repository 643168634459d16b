"""A person's consent to a post, as a request reports it and as the publish's row stores it."""

from typing import Annotated

from pydantic import Field

from dropcast.publishing.model.options import Strict, Text
from dropcast.timestamp import Timestamp

_Id = Annotated[str, Field(min_length=1, max_length=64)]


class Consent(Strict):
    """A person's consent to a post: the person, the time, and the text to which the person agreed (protocol section
    10.5).
    """

    by: Text = Field(min_length=1, max_length=256)
    at: Timestamp
    text: Text = Field(min_length=1)


class RecordedConsent(Consent):
    """A person's consent to a publish, as it is stored.

    A consent that a request reports has only `by`, `at` and `text`. A consent that a person gave in the console has
    more: the text's `version`, the key and the session of the sign-in, and the user to whom the key is bound.
    """

    version: _Id | None = None
    key_id: _Id | None = None
    session_id: _Id | None = None
    user_id: str | None = Field(default=None, max_length=256)


def reported_consent(consent: Consent | None) -> RecordedConsent | None:
    """The consent of a request in the form in which the publish's row stores it."""
    return consent and RecordedConsent.model_validate(consent.model_dump())
