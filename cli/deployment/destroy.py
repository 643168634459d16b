"""Deletes a stage's stack, and also its data if a person asks for this."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cli.deployment import cdk_command
from cli.deployment.account_findings import check_account
from cli.deployment.data_deletion import RESTORABLE_DAYS, delete
from cli.deployment.data_resources import DataResource, find_data, find_left_data
from cli.doctor.report import print_findings
from cli.output import print_note, print_result


def destroy(arguments: Sequence[str], *, ask: bool, with_data: bool, confirm: Callable[[str], bool]) -> bool:
    """Delete a stage's stack. `arguments` are options of the CDK command that choose the stage. Return whether the
    stack was deleted.

    with_data: after the stack, delete the data too, including the data that earlier stacks of the stage left behind.
    confirm: a function that asks a person a question. It is called only if `ask` is true. CdkFailedError: CDK failed.
    """
    if not print_findings(check_account()):
        return False
    cdk_command.synthesise(arguments)
    assembly = cdk_command.ASSEMBLY
    if with_data:
        return destroy_with_data(assembly, arguments, confirm=confirm if ask else lambda _: True)
    cdk_command.destroy(assembly, arguments, ask=ask)
    _tell_what_remains(cdk_command.stack_of(assembly))
    return True


def show_deletion(arguments: Sequence[str], *, with_data: bool) -> bool:
    """Print what `destroy` would delete. Delete nothing. Return whether all checks passed.

    CdkFailedError: CDK failed.
    """
    if not print_findings(check_account()):
        return False
    cdk_command.synthesise(arguments)
    stack = cdk_command.stack_of(cdk_command.ASSEMBLY)
    print_result(f"stack   {stack}")
    if with_data:
        _name(find_data(stack))
    return True


def destroy_with_data(assembly: Path, arguments: Sequence[str], *, confirm: Callable[[str], bool]) -> bool:
    """List the resources with data, ask once, delete the stack and then them. Return whether the stack was deleted."""
    stack = cdk_command.stack_of(assembly)
    named = find_data(stack)
    _name(named)
    if not confirm(f"Delete the stack {stack} and all of the above?"):
        print_note("Nothing was deleted.")
        return False
    cdk_command.destroy(assembly, arguments, ask=False)
    # Only the data that the deleted stack left behind. CDK also succeeds if there was no stack to delete.
    for one in find_left_data(stack):
        if one in named:
            delete(one)
            print_note(f"Deleted {one.line}")
    print_note(f"AWS keeps the keys and secrets for {RESTORABLE_DAYS} days, and a backup of each table for 35 days.")
    return True


def _tell_what_remains(stack: str) -> None:
    remaining = find_data(stack)
    _name(remaining)
    if remaining:
        print_note("This data remains. make destroy DATA=delete deletes it.")


def _name(resources: Sequence[DataResource]) -> None:
    for one in resources:
        print_result(one.line)
