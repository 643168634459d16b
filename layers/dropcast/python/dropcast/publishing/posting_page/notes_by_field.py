"""Groups the results of a dry run by the form's fields, so that the page shows each problem beside its field."""

from dataclasses import dataclass

from dropcast.errors.problem import Problem
from dropcast.publishing.intake.dry_run import DryRun, Finding
from dropcast.publishing.model.problem_fields import fields_of
from dropcast.publishing.posting_page.choices import FORM_FIELDS
from dropcast.publishing.posting_page.page import FORM


@dataclass(frozen=True)
class FieldNotes:
    """The problems and the warnings of one field."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def notes_by_field(report: DryRun) -> dict[str, FieldNotes]:
    """The notes of each field that has some. The key is one of the form's fields, a picture (source.items.2), or FORM
    (page.py) for a problem that concerns no single field.
    """
    problems, warnings = _grouped(report.problems), _grouped(report.warnings)
    return {
        field: FieldNotes(tuple(problems.get(field, ())), tuple(warnings.get(field, ())))
        for field in dict.fromkeys([*problems, *warnings])
    }


def _grouped(findings: tuple[Finding, ...]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for finding in findings:
        for field in fields_of(finding.problem, otherwise=finding.field):
            known = field.partition(".")[0] in FORM_FIELDS
            found.setdefault(field if known else FORM, []).append(finding.problem)
    return found
