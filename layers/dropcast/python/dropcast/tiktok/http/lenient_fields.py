"""Field types for answers of unreliable servers.

An unreadable value becomes None or empty, and a value that is too long is cut. DynamoDB accepts numbers of 38 digits
and rows of 400 kB, so all values are limited to realistic sizes.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

URL_MAX = 2048
CAPTION_MAX = 5000

_NAME_MAX = 300
_ID_MAX = 200
_SECRET_MAX = 8192
_TEXTS_MAX = 50
_SHORT_TEXT_MAX = 2000
_COUNT_MAX = 2**63 - 1
_YEAR_10000 = 253_402_300_800
_TEN_YEARS_S = 10 * 365 * 24 * 3600
_ADDRESS = re.compile(r"https?://[^/\s]+/\S*")
_WHOLE = re.compile(r"([0-9]{1,400})(?:\.0*)?")

Row = TypeVar("Row")


def whole_number(value: Any) -> int | None:
    """A whole number of at least 0, sent as a number (also 3.0) or as a text. None for anything else."""
    if isinstance(value, str) and (digits := _WHOLE.fullmatch(value)):
        value = int(digits[1])
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _COUNT_MAX else None


def second(value: Any) -> int | None:
    """A time in seconds since the epoch, before the year 10000. None for anything else, such as milliseconds."""
    found = whole_number(value)
    return found if found is not None and found < _YEAR_10000 else None


def text_up_to(most: int) -> Callable[[Any], str]:
    """A function that returns a text's first `most` characters, and "" for anything that is not a text."""
    return lambda value: value[:most] if isinstance(value, str) else ""


def listed(most: int) -> Callable[[Any], Any]:
    """A function that returns a list's first `most` values, and an empty list for null."""

    def first(value: Any) -> Any:
        if value is None:
            return ()
        return cast(Sequence[Any], value)[:most] if isinstance(value, list | tuple) else value

    return first


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(one[:_NAME_MAX] for one in cast(Sequence[Any], value)[:_TEXTS_MAX] if isinstance(one, str))


def _id(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _short_or_none(value: Any) -> str | None:
    return text_up_to(_NAME_MAX)(value) or None


def _short_text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= _SHORT_TEXT_MAX else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _caption_or_none(value: Any) -> str | None:
    return value[:CAPTION_MAX] if isinstance(value, str) else None


def _url_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= URL_MAX else None


def _address(value: Any) -> str:
    found = _url_or_none(value)
    return found if found and _ADDRESS.fullmatch(found) else ""


def _lifetime(value: Any) -> Any:
    return _TEN_YEARS_S if isinstance(value, int) and value > _TEN_YEARS_S else whole_number(value)


def sendable(secret: SecretStr) -> SecretStr:
    """The secret, if a header can contain it. Otherwise raises a ValueError that does not quote the secret."""
    text = secret.get_secret_value()
    if len(text) > _SECRET_MAX or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("no header can carry it")
    return secret


def _none_if_unreadable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _known(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(row for row in rows if row is not None)


Count = Annotated[int | None, BeforeValidator(whole_number)]
Second = Annotated[int | None, BeforeValidator(second)]
Rank = Annotated[int, BeforeValidator(whole_number), Field(ge=1)]
Lifetime = Annotated[int, BeforeValidator(_lifetime), Field(gt=0)]
Id = Annotated[str, BeforeValidator(_id), Field(min_length=1, max_length=_ID_MAX)]
Name = Annotated[str, BeforeValidator(lambda value: value[:_NAME_MAX] if isinstance(value, str) else value)]
Words = Annotated[str, BeforeValidator(text_up_to(_NAME_MAX))]
Caption = Annotated[str, BeforeValidator(text_up_to(CAPTION_MAX))]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
WordsOrNone = Annotated[str | None, BeforeValidator(_short_or_none)]
CaptionOrNone = Annotated[str | None, BeforeValidator(_caption_or_none)]
ShortText = Annotated[str | None, BeforeValidator(_short_text)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
UrlOrNone = Annotated[str | None, BeforeValidator(_url_or_none)]
Address = Annotated[str, BeforeValidator(_address)]
Url = Annotated[str, BeforeValidator(lambda value: _url_or_none(value) or "")]

OrNone = WrapValidator(_none_if_unreadable)
"""For `Annotated[Row | None, OrNone]`: the value is None if the row cannot be parsed."""
Known = AfterValidator(_known)
"""For `Annotated[tuple[Annotated[Row, OrNone], ...], Known]`: removes the rows that could not be parsed."""
