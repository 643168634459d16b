"""Finds the account for a command if the person named none."""

from cli.output import print_note
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast


def find_only_account(api: Dropcast) -> str:
    """Return the id of the only active account. Raises WrongInputError if there is none, or more than one."""
    match api.list_accounts(status="active", limit=2).items:
        case [account]:
            print_note(f"Account: {account.username or account.account_id}")
            return account.account_id
        case []:
            raise WrongInputError(
                "The deployment has no active account.", "Connect one: dropcast accounts connect --user-id me"
            )
        case _:
            raise WrongInputError(
                "The deployment has several active accounts.",
                "Name one with --account; dropcast accounts list shows all of them.",
            )
