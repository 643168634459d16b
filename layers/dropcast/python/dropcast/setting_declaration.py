"""The declaration of a setting.

Its name, default and description are written once, and everything else is derived from them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")

_SPELLINGS = {"tiktok": "TikTok", "ensembledata": "EnsembleData"}


class SettingMissingError(Exception):
    """The code reads a setting that the template does not give to this function."""


@dataclass(eq=False)
class Setting(Generic[T]):
    """One setting, an attribute of a subclass of Declared.

    Its values are texts, which `parse` converts to typed values. The operator can choose the value of a setting that
    has a description. If such a setting is named `pause_days`, the CDK context has the key pause_days, `make up` takes
    the variable PAUSE_DAYS, CloudFormation has the parameter PauseDays, and docs/deploy.md and docs/local.md have a
    row. Only the template sets a setting without a description.
    required: the setting's environment variable must not be empty.
    see: the page of docs/ that describes the setting in detail.
    """

    parse: Callable[[str], T]
    default: str = ""
    description: str = ""
    allowed: Sequence[str] = ()
    pattern: str = ""
    see: str = ""
    required: bool = False
    name: str = field(init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return self.name.upper()

    @property
    def parameter(self) -> str:
        """The name of the CloudFormation parameter."""
        return "".join(_SPELLINGS.get(part, part.title()) for part in self.name.split("_"))

    def text(self, given: Mapping[str, str]) -> str:
        """The setting's text in `given` (texts by setting name), or the default. ValueError: the text is not
        allowed.
        """
        text = given.get(self.name, self.default)
        if (self.allowed and text not in self.allowed) or (self.pattern and not re.fullmatch(self.pattern, text)):
            raise ValueError(f"{self.name} must not be {text!r}: {self.description}")
        return text

    @overload
    def __get__(self, values: None, owner: type) -> Self: ...
    @overload
    def __get__(self, values: "Declared", owner: type) -> T: ...
    def __get__(self, values: "Declared | None", owner: type) -> Self | T:
        """Return the setting's value, or the declaration itself if the attribute is read from the class.

        SettingMissingError: a required setting is not set. ValueError: the text is not allowed.
        """
        if values is None:
            return self
        if self.required and not values.given.get(self.name):
            raise SettingMissingError(f"{self.variable} is not set for this function")
        return self.parse(self.text(values.given))


class Declared:
    """Values of the settings that a subclass declares. `given`: texts by setting name; unknown names have no effect."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given

    @classmethod
    def declared(cls) -> list[Setting[Any]]:
        """Every setting, in the order of the declarations."""
        return [one for one in vars(cls).values() if isinstance(one, Setting)]

    @classmethod
    def choices(cls) -> list[Setting[Any]]:
        """The settings whose values the operator can choose."""
        return [one for one in cls.declared() if one.description]


def literal(text: str) -> Any:
    """The `parse` of a setting whose type is a Literal. It returns the text, because `Setting.text` has checked it."""
    return text
