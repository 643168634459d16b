from collections.abc import Iterator

import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

from cli import accounts_command
from cli.main import cli
from dropcast.accounts.connect.begin_consent import StartPage
from dropcast.accounts.connect.connect_account import start_page
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.settings import settings

OUTPUTS = {
    "AccountsTable": "accounts",
    "ConnectionsTable": "connections",
    "PublicUrl": "https://deployed.example",
    "TiktokScopes": "user.info.basic,video.publish",
}


@pytest.fixture
def stack(cloud) -> Iterator[None]:
    """A deployed stack whose settings are not in the environment."""
    for name in ("ACCOUNTS_TABLE", "CONNECTIONS_TABLE", "PUBLIC_URL", "TIKTOK_SCOPES"):
        cloud.setenv(name, "unknown")
    settings.cache_clear()
    outputs = [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()]
    found = {"StackName": "Dropcast-dev", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    with Stubber(clients.client("cloudformation")) as answers:
        answers.add_response("describe_stacks", {"Stacks": [found]}, {"StackName": "Dropcast-dev"})
        yield


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["accounts", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_only_the_link_is_printed_and_it_works(stack):
    code, out, _ = run("connect", "--user-id", "u")

    address, _, link_id = out.strip().partition("?c=")
    greeting = start_page(link_id)
    assert (code, address) == (0, "https://deployed.example/oauth/tiktok/start")
    assert isinstance(greeting, StartPage)
    assert greeting.scopes == ("user.info.basic", "video.publish")


def test_a_scope_that_the_deployment_lacks_is_refused_with_a_message(stack):
    code, out, err = run("connect", "--user-id", "u", "--scopes", "video.list")

    assert (code, out) == (1, "")
    assert "video.list" in err


def test_every_account_is_listed_on_all_pages(tiktok, stack, monkeypatch):
    monkeypatch.setattr(accounts_command, "_PAGE", 2)
    monkeypatch.setenv("ACCOUNTS_TABLE", "accounts")
    settings.cache_clear()
    made = set()
    for number in range(5):
        tiktok.open_id = f"open-{number}"
        account = save_connection("user-1", tiktok.grant())
        assert isinstance(account, Account)
        made.add(account.account_id)

    code, out, _ = run("list")

    heading, *rows = out.splitlines()
    assert code == 0
    assert heading.split()[:4] == ["ACCOUNT", "ID", "USER", "ID"]
    assert {row.split()[0] for row in rows} == made
