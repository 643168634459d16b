"""The caller's labels of a publish: a reference (the caller's own id) and metadata (key-value pairs).

Dropcast only stores them. The labels may name customers, so they never enter a log or a trace. An error text may
contain the name of a pair, never its value.
"""

import re
from typing import Annotated, Any, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from dropcast.publishing.model.options import Strict

REFERENCE_MAX = 128
PAIRS_MAX = 20
VALUE_MAX = 256
METADATA_BYTES_MAX = 4096

_NAME = re.compile(r"[a-z0-9_-]{1,40}")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it holds a character that is not printable")
    return text


def _checked_pairs(value: Any) -> Any:
    """Validate all pairs together, so that no error quotes an invalid name or any value."""
    if not isinstance(value, dict):
        raise ValueError("it is not an object of names and texts")
    pairs = cast(dict[object, object], value)
    if len(pairs) > PAIRS_MAX:
        raise ValueError(f"it holds more than {PAIRS_MAX} pairs")
    total = 0
    for name, text in pairs.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError("a name in it is not 1 to 40 characters of a-z, 0-9, _ and -")
        if not isinstance(text, str) or len(text) > VALUE_MAX or not text.isprintable():
            raise ValueError(f"the value of {name} is not a text of at most {VALUE_MAX} printable characters")
        total += len(name.encode()) + len(text.encode())
    if total > METADATA_BYTES_MAX:
        raise ValueError(f"its names and values are longer than {METADATA_BYTES_MAX} bytes in UTF-8")
    return pairs


Reference = Annotated[str, Field(min_length=1, max_length=REFERENCE_MAX), AfterValidator(_printable)]
Metadata = Annotated[dict[str, str], BeforeValidator(_checked_pairs), Field(max_length=PAIRS_MAX)]


class Labels(Strict):
    """The caller's reference and metadata of a publish."""

    reference: Reference | None = Field(
        default=None, description="The caller's id of the publish, not necessarily unique. Lists can be filtered by it."
    )
    metadata: Metadata = Field(
        default={},
        description="The caller's own key-value pairs, at most 4096 bytes in all. A key has 1 to 40 characters of a-z, "
        "0-9, _ and -; a value has at most 256 printable characters.",
    )

    def labels(self) -> dict[str, Any]:
        """The reference and the metadata as fields of a publish."""
        return self.model_dump(include=set(Labels.model_fields))


def readable_labels(options: dict[str, Any]) -> dict[str, Any]:
    """The valid labels in `options`, even if other options are invalid.

    So a failed drop can still be found by its labels.
    """
    labels: dict[str, Any] = {}
    for name in Labels.model_fields.keys() & options.keys():
        try:
            labels[name] = getattr(Labels.model_validate({name: options[name]}), name)
        except ValidationError:
            continue
    return labels
