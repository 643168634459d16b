"""Reads DynamoDB's expressions: the attributes and placeholders that they name, and what an update assigns."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

_TOKEN = re.compile(r"\s*([#:]?\w+|<>|<=|>=|\S)")
_WORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"}
_FUNCTIONS = {
    "attribute_exists",
    "attribute_not_exists",
    "attribute_type",
    "begins_with",
    "contains",
    "if_not_exists",
    "list_append",
    "size",
}
_RESERVED = frozenset(ReservedKeywords.get_reserved_keywords())
_CLAUSE = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b")

EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)


@dataclass(frozen=True)
class Expression:
    """What an expression names. `attributes`: top-level attributes, including placeholders.

    `names`, `values`: placeholders.
    """

    attributes: frozenset[str]
    names: frozenset[str]
    values: frozenset[str]

    @property
    def reserved(self) -> set[str]:
        """DynamoDB's reserved words, which it refuses as names of attributes."""
        return {one for one in self.attributes if one.upper() in _RESERVED}


@lru_cache(maxsize=4096)
def read(text: str) -> Expression:
    """What an expression names. ValueError for an unknown function."""
    tokens = _TOKEN.findall(text)
    names = frozenset(one for one in tokens if one[0] == "#")
    values = frozenset(one for one in tokens if one[0] == ":")
    return Expression(frozenset(_attributes(tokens)), names, values)


def _attributes(tokens: list[str]) -> Iterator[str]:
    for before, token, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if not re.match(r"[#A-Za-z_]", token) or before == "." or token.upper() in _WORDS:
            continue
        if after == "(":
            if token not in _FUNCTIONS:
                raise ValueError(f"the function {token}")
            continue
        yield token


def expressions_of(asked: Mapping[str, Any]) -> dict[str, Expression]:
    """The expressions of a request, or of an entry of a transaction, by their parameter."""
    return {name: read(asked[name]) for name in EXPRESSIONS if name in asked}


def attributes_of(asked: Mapping[str, Any], *only: str) -> set[str]:
    """The names of the attributes in all expressions, or in those of the parameters `only`."""
    given = asked.get("ExpressionAttributeNames", {})
    return {
        given.get(one, one)
        for name, expression in expressions_of(asked).items()
        if not only or name in only
        for one in expression.attributes
    }


@lru_cache(maxsize=4096)
def _targets(update: str) -> tuple[tuple[str, str], ...]:
    """(target, first value) of each action of an update, as written. The value is "" for a removal."""
    parts = _CLAUSE.split(update)[1:]
    found: list[tuple[str, str]] = []
    for clause, actions in zip(parts[::2], parts[1::2], strict=True):
        for action in _split(actions):
            target, _, value = action.partition("=" if clause == "SET" else " ")
            found.append((target.strip(), "" if clause == "REMOVE" else value.strip()))
    return tuple(found)


def _split(actions: str) -> Iterator[str]:
    """The actions of a clause. Commas outside parentheses separate them."""
    depth, start = 0, 0
    for at, one in enumerate(actions):
        depth += {"(": 1, ")": -1}.get(one, 0)
        if one == "," and depth == 0:
            yield actions[start:at].strip()
            start = at + 1
    yield actions[start:].strip()


def assignments(asked: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(path, value as written) of each action of the update, with the names filled in."""
    given = asked.get("ExpressionAttributeNames", {})

    def filled(path: str) -> str:
        return re.sub(r"#\w+", lambda one: given.get(one[0], one[0]), path)

    return [(filled(target), value) for target, value in _targets(asked.get("UpdateExpression", ""))]
