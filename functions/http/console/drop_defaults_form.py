"""The form of an account's drop defaults: reads what the browser sent, and shows what is stored. It makes no calls."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from dropcast.publishing.intake.drops.drop_options import DropDefaults

from .field_problems import FieldProblems, problems_by_field

_BOXES = frozenset(name for name, field in DropDefaults.model_fields.items() if field.annotation is bool)


def read_defaults(form: Mapping[str, str]) -> DropDefaults | FieldProblems:
    """The defaults in a form, or the problems that PUT /v1/accounts/{account_id}/drop-defaults would report.

    An empty field or an unchecked box sets no default. Other fields of the form are ignored.
    """
    given = {name: form[name] for name in DropDefaults.model_fields if form.get(name, "").strip()}
    try:
        return DropDefaults.model_validate({name: _value(name, text) for name, text in given.items()})
    except ValidationError as error:
        return problems_by_field(error)


def stored_fields(defaults: Mapping[str, Any]) -> dict[str, str]:
    """The form's fields for the stored defaults. An unchecked box has no field."""
    return {name: _text(value) for name, value in defaults.items() if value is not False}


def _value(name: str, text: str) -> Any:
    """The value of a field. A browser sends each line end as CR LF, which becomes LF."""
    if name in _BOXES:
        return True
    return text.replace(",", " ").split() if name == "hashtags" else text.replace("\r\n", "\n")


def _text(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
