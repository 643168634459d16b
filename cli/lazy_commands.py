"""The commands of `dropcast`. The module of a command is imported only when a person runs the command.

Importing all commands takes longer than printing the help of all commands.
"""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cli.deploy_command import PASSED_ON


@dataclass(frozen=True)
class Entry:
    """A command. attribute: the function, or the Typer app with its subcommands, in the module `module` of `cli`. help:
    one line about the command. settings: Typer's settings.
    """

    module: str
    attribute: str
    help: str
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def load(self, name: str) -> Any:
        """Import the module and return Typer's command."""
        found = getattr(import_module(f"cli.{self.module}"), self.attribute)
        if not isinstance(found, typer.Typer):
            app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            app.command(name, context_settings=self.settings)(found)
            found = app
        command = get_command(found)
        command.name = name
        return command


COMMANDS = {
    "setup": Entry(
        "setup_command", "setup", "Set Dropcast up, step by step, and continue where an earlier run stopped."
    ),
    "doctor": Entry("doctor_command", "doctor", "Check a deployment; each line is ok, warn or fail, with the fix."),
    "deploy": Entry("deploy_command", "deploy", "Check the account, show what changes, deploy and test.", PASSED_ON),
    "destroy": Entry("deploy_command", "destroy", "Delete a stage's stack; its data remains.", PASSED_ON),
    "accounts": Entry("accounts_command", "cli", "The TikTok accounts of a deployment."),
    "publish": Entry(
        "publish_command", "publish", "Upload a video or pictures, publish them and wait for the outcome."
    ),
    "drop": Entry(
        "drop_command", "drop", "Store a video or pictures in the bucket as a drop, which becomes a publish."
    ),
    "watch": Entry("watch_command", "watch", "Watch publishes until they have ended."),
    "status": Entry("status_command", "status", "Show whether the API answers, and count accounts and publishes."),
    "publishes": Entry("publishes_command", "cli", "Publishes and actions on them."),
    "comments": Entry("comments_command", "cli", "Comments below an account's own videos."),
    "trends": Entry("trends_command", "cli", "Trend lists of the last collection."),
    "webhooks": Entry("webhooks_command", "cli", "Webhook endpoints and their deliveries."),
    "mcp": Entry("mcp_command", "mcp", "Serve tools to an AI agent, over MCP on stdin and stdout."),
    "console": Entry("console_command", "console", "Print a one-time link that signs a browser in to the console."),
    "keys": Entry("keys_command", "cli", "API keys of a deployment."),
    "profiles": Entry("profiles_command", "cli", "The deployments that you use from this machine."),
    "app": Entry("app_secrets_command", "cli", "The TikTok apps that a deployment uses."),
    "business": Entry("business_command", "cli", "Connections to TikTok API for Business."),
    "logs": Entry("logs_command", "logs", "Print the logs of one function, or of one publish in all functions."),
    "cost": Entry("cost_command", "cost", "Estimate what AWS charges for this month so far."),
    "ops": Entry("ops_command", "cli", "List what failed in a deployment, and retry it."),
    "errors": Entry("errors_command", "errors", "Explain an error code and its fix."),
}
"""The commands in the order of the help: those to begin with, those for every day, and the others."""


class LazyCommands(TyperGroup):
    """The group of all commands. Its help and its completion list commands without importing them."""

    _lists_them = False

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if self._lists_them:
            return TyperCommand(cmd_name, help=entry.help)
        return entry.load(cmd_name)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        self._lists_them = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self._lists_them = False

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._lists_them = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._lists_them = False
