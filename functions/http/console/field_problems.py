"""The problems of a form, grouped by field."""

from pydantic import ValidationError

from dropcast.errors.problem import problem
from dropcast.publishing.model.request import option_errors
from dropcast.publishing.posting_page.form_request import FieldProblems, group_by_field

FORM_FAULT = 422
"""The status of a page that shows the problems of a form."""


def problems_by_field(error: ValidationError) -> FieldProblems:
    """The problems that /v1 finds in the values of a form, by field."""
    return named_problems(option_errors(error))


def named_problems(fields: list[dict[str, str]]) -> FieldProblems:
    """The problems of a refused request, grouped by the field of the form.

    `fields` comes from the refusal. Each entry names a field of the request and the reason why Dropcast refuses it.
    """
    return group_by_field(
        [(one["field"].partition(".")[0], problem("field_invalid", reason=one["reason"])) for one in fields]
    )
