"""Synthesises a stage's stack in this process."""

import json
from functools import cache
from typing import Any

from infra.app import make_app
from infra.stack import DropcastStack


def stack_of(**context: str) -> DropcastStack:
    """The stack for these context values, which override those of cdk.json."""
    [stack] = [node for node in make_app(**context).node.children if isinstance(node, DropcastStack)]
    return stack


def template_with(**context: str) -> dict[str, Any]:
    """The template for these context values. Callers with the same values share one."""
    return json.loads(_template_text(tuple(sorted(context.items()))))


@cache
def _template_text(context: tuple[tuple[str, str], ...]) -> str:
    return json.dumps(template_of(stack_of(**dict(context))))


def template_of(stack: DropcastStack) -> dict[str, Any]:
    """The template that CloudFormation would receive."""
    return stack.node.root.synth().get_stack_by_name(stack.stack_name).template  # pyright: ignore[reportAttributeAccessIssue]
