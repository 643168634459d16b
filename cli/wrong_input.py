"""The error for wrong input. It ends the command with one line and the fix, without the usage."""

from typing import IO, Any

import typer

from cli.output import print_error


class WrongInputError(typer.BadParameter):
    """An argument, or a file that it names, is wrong. The exit code is 2. `fix` says what the person can do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error and its fix. Typer calls this method."""
        print_error(self.message, self.fix)
