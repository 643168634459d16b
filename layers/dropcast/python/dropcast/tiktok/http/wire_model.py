"""The base of the models of TikTok's requests, answers and webhooks."""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """The base of TikTok's models. Validation errors never quote the input, which may be a token."""

    # Pydantic builds a model when it is first used, because a function uses only two or three of the models.
    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, populate_by_name=True, defer_build=True
    )
