"""Finds the deployed stack and uses its outputs as settings."""

import os
import re
from dataclasses import dataclass, field
from typing import Annotated

import typer
from botocore.exceptions import ClientError

from cli.chosen_deployment import choose_stage
from dropcast.aws import clients
from dropcast.settings import settings

Stage = Annotated[str, typer.Option(help="The stage of the stack.", envvar="DROPCAST_STAGE", callback=choose_stage)]


class StackMissingError(Exception):
    """The stage has no stack in this account and region."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack. status: its status in CloudFormation."""

    name: str
    status: str
    outputs: dict[str, str]
    parameters: dict[str, str] = field(default_factory=dict[str, str])


def use_stack(stage: str) -> dict[str, str]:
    """Use the outputs of the stage's stack as this process's settings, and return them.

    Raises StackMissingError. AWS_ENDPOINT_URL selects a local stack, as for all AWS tools.
    """
    return find_stack(stage).outputs


def find_stack(stage: str) -> Stack:
    """The stage's stack, whose outputs become this process's settings. Raises StackMissingError."""
    use_region()
    stack = _described(f"Dropcast-{stage}")
    os.environ.update({_variable(name): value for name, value in stack.outputs.items()})
    settings.cache_clear()
    return stack


def use_region() -> None:
    """Apply AWS_REGION as other AWS tools do. botocore itself reads only AWS_DEFAULT_REGION."""
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region


def _described(name: str) -> Stack:
    try:
        stack = clients.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            raise StackMissingError(f"There is no stack {name} here.") from None
        raise
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
    return Stack(name, stack["StackStatus"], outputs, parameters)


def _variable(output: str) -> str:
    """The name of the variable for an output: KEYS_TABLE for KeysTable."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", output).upper()
