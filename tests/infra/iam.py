"""Evaluates the IAM policies of both sides for a call, by the logic that AWS documents.

Unknown operators, policy variables, and lists of values where a policy compares one value are errors. They never count
as "allow".
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.infra.reading import many

Statement = Mapping[str, Any]
Values = str | Sequence[str]

# For these services the resource's own policy must allow the identity: KMS keys, and roles to be assumed.
_OWN_POLICY_DECIDES = ("kms:", "sts:")


@dataclass(frozen=True)
class Caller:
    """A service ("events.amazonaws.com") or a role, by its ARN."""

    name: str

    @property
    def is_service(self) -> bool:
        return not self.name.startswith("arn:")

    @property
    def account(self) -> str:
        return "" if self.is_service else self.name.split(":")[4]


@dataclass(frozen=True)
class Call:
    """A caller's request to a resource. `context` has condition keys; their names ignore case."""

    caller: Caller
    action: str
    resource: str
    context: Mapping[str, Values] = field(default_factory=dict[str, Values])

    def values(self, key: str) -> list[str] | None:
        """The values of a condition key, None if the call has none."""
        found = {name.lower(): value for name, value in self.context.items()}.get(key.lower())
        return None if found is None else many(found)

    def is_list(self, key: str) -> bool:
        return any(name.lower() == key.lower() and not isinstance(one, str) for name, one in self.context.items())


def is_allowed(call: Call, *, identity: Sequence[Statement], resource: Sequence[Statement], owner: str) -> bool:
    """Whether the policies of the caller (`identity`) and of the `resource`, which `owner` owns, allow the call."""
    of_caller = [one for one in identity if applies(one, call)]
    of_resource = [one for one in resource if applies(one, call) and _names(one, call.caller)]
    if any(one["Effect"] == "Deny" for one in (*of_caller, *of_resource)):
        return False
    if call.caller.is_service:
        return bool(of_resource)
    allows_directly = any(not _delegates(one, call.caller) for one in of_resource)
    if call.caller.account != owner:
        return bool(of_caller) and bool(of_resource)
    if call.action.startswith(_OWN_POLICY_DECIDES):
        return allows_directly or (bool(of_resource) and bool(of_caller))
    return allows_directly or bool(of_caller)


def applies(statement: Statement, call: Call) -> bool:
    """Whether the actions, resources and conditions of a statement match the call. The principal is not read."""
    if statement["Effect"] not in ("Allow", "Deny"):
        raise ValueError(f"the effect {statement['Effect']}")
    return (
        _one_of(statement, "Action", lambda pattern: _like(pattern.lower(), call.action.lower()))
        and _one_of(statement, "Resource", lambda pattern: _arn_like(pattern, call.resource))
        and all(
            _holds(operator, key, many(wanted), call)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _one_of(statement: Statement, element: str, matches: Callable[[str], bool]) -> bool:
    """Whether one value of `element` matches, or none of its opposite ("NotAction")."""
    if f"Not{element}" in statement:
        return not any(map(matches, many(statement[f"Not{element}"])))
    return any(map(matches, many(statement[element])))


def _names(statement: Statement, caller: Caller) -> bool:
    if "NotPrincipal" in statement:
        return not _in_principal(statement["NotPrincipal"], caller)
    return _in_principal(statement["Principal"], caller)


def _in_principal(principal: str | Mapping[str, Any], caller: Caller) -> bool:
    if principal == "*":
        return True
    assert not isinstance(principal, str)
    if caller.is_service:
        return caller.name in many(principal.get("Service", [])) or "*" in many(principal.get("AWS", []))
    return any(one in ("*", caller.name) or _is_account(one, caller) for one in many(principal.get("AWS", [])))


def _is_account(principal: str, caller: Caller) -> bool:
    return principal in (caller.account, f"arn:aws:iam::{caller.account}:root")


def _delegates(statement: Statement, caller: Caller) -> bool:
    """Whether the statement names only the caller's account. Then the caller's identity policies must allow the
    call.
    """
    named = statement.get("Principal")
    if not isinstance(named, Mapping):
        return False
    others = [one for one in many(named.get("AWS", [])) if one in ("*", caller.name)]
    return not others


def _holds(operator: str, key: str, wanted: Sequence[Any], call: Call) -> bool:
    """Whether a line of a condition holds. If the call lacks the key, the operator decides, as AWS documents."""
    quantifier, _, rest = operator.rpartition(":")
    name = rest.removesuffix("IfExists")
    values = call.values(key)
    wanted = [str(one).lower() if isinstance(one, bool) else str(one) for one in wanted]
    if name == "Null":
        return (values is None) == (wanted == ["true"])
    matches, negated = _operator(name)

    def fits(value: str) -> bool:
        return any(matches(_without_variable(one), value) for one in wanted) != negated

    if values is None:
        return rest.endswith("IfExists") or quantifier == "ForAllValues" or (negated and not quantifier)
    match quantifier:
        case "ForAllValues":
            return all(map(fits, values))
        case "ForAnyValue":
            return any(map(fits, values))
        case "" if not call.is_list(key):
            return fits(values[0])
        case _:
            raise ValueError(f"{operator} on {key} = {values}")


def _operator(name: str) -> tuple[Callable[[str, str], bool], bool]:
    """The comparison of an operator, and whether it is negated. KeyError for an unknown operator."""
    if name in _COMPARISONS:
        return _COMPARISONS[name], False
    return _COMPARISONS[name.replace("Not", "", 1)] if "Not" in name else _COMPARISONS[name], True


def _without_variable(text: str) -> str:
    if "${" in text:
        raise ValueError(f"the policy variable in {text}")
    return text


def _like(pattern: str, text: str) -> bool:
    return _form(pattern).fullmatch(text) is not None


@cache
def _form(pattern: str) -> re.Pattern[str]:
    form = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in _without_variable(pattern))
    return re.compile(form, re.DOTALL)


def _arn_like(pattern: str, text: str) -> bool:
    """Match segment by segment, so that an asterisk in one segment does not match the next; the last segment is the
    rest.
    """
    if pattern == "*":
        return True
    ours, theirs = pattern.split(":", 5), text.split(":", 5)
    return len(ours) == len(theirs) and all(map(_like, ours, theirs))


_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
}
