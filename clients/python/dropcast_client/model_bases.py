"""The bases of all models. The client checks types and required fields; Dropcast checks everything else."""

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """A part of an answer or of an event. Fields that this version does not know are dropped."""

    # Pydantic builds a model when it is first used: a program needs few of them, and building all would delay its
    # start.
    model_config = ConfigDict(frozen=True, defer_build=True)


class Body(BaseModel):
    """A part of a request. Only fields that the caller sets are sent. So an explicit None is sent as null."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    def model_post_init(self, context: object, /) -> None:
        """Treat constants, such as the type of a source, as set by the caller."""
        fields = type(self).model_fields.items()
        self.model_fields_set.update(name for name, field in fields if isinstance(field.default, str))

    def to_json(self) -> bytes:
        """The JSON of the request."""
        return self.model_dump_json(exclude_unset=True).encode()
