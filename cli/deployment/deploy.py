"""Deploys a stage: checks the account, shows what changes, deploys, and tests the result."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from cli.deployment import cdk_command
from cli.deployment.account_findings import check_account
from cli.deployment.smoke_test import run_smoke_test
from cli.doctor.report import print_findings
from cli.output import print_note, print_result
from cli.stack import use_stack

_ADDRESSES = ("PublicUrl", "ConsoleUrl", "RedirectUri", "WebhookUrl", "MediaAddress", "Bucket")


def deploy(arguments: Sequence[str], *, ask: bool) -> bool:
    """Deploy a stage. `arguments` are options of the CDK command that choose the stage. Return whether all checks
    passed.

    CdkFailedError: CDK could not synthesise or deploy the template.
    """
    if not print_findings(check_account()):
        return False
    cdk_command.synthesise(arguments)
    return deploy_assembly(cdk_command.ASSEMBLY, arguments, ask=ask)


def show_changes(arguments: Sequence[str]) -> bool:
    """Print what `deploy` would change. Change nothing. Return whether all checks passed.

    CdkFailedError: CDK failed.
    """
    if not print_findings(check_account()):
        return False
    cdk_command.synthesise(arguments)
    cdk_command.show_difference(cdk_command.ASSEMBLY, arguments)
    return True


def deploy_assembly(assembly: Path, arguments: Sequence[str], *, ask: bool) -> bool:
    """Deploy the stack of a synthesised app and test it. Return whether the test passed."""
    cdk_command.show_difference(assembly, arguments)
    cdk_command.deploy(assembly, arguments, ask=ask)
    outputs = use_stack(cdk_command.stage_of(assembly))
    print_note("Testing the deployment …")
    with httpx.Client() as http:
        passed = print_findings(run_smoke_test(outputs, http))
    _print_addresses(outputs)
    return passed


def _print_addresses(outputs: Mapping[str, str]) -> None:
    for name in _ADDRESSES:
        if name in outputs:
            print_result(f"{name:<12} {outputs[name]}")
