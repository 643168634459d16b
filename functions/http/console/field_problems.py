"""The problems of a form, by the field that they are about."""

from pydantic import ValidationError

from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.request import option_errors

FORM_FAULT = 422
"""The status of a page that shows the problems of a form."""

FieldProblems = dict[str, tuple[Problem, ...]]
"""The problems of each field of a form, by the field's name."""


def problems_by_field(error: ValidationError) -> FieldProblems:
    """What a request of /v1 says about the fields from which a form's values made it."""
    found = [(one["field"].partition(".")[0], one["reason"]) for one in option_errors(error)]
    return {
        name: tuple(problem("field_invalid", reason=reason) for field, reason in found if field == name)
        for name, _ in found
    }
