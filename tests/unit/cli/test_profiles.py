"""The deployment that a command calls: by option, environment, saved profile, or the stack that runs here."""

import json
import os
import stat

import pytest
from typer.testing import CliRunner

from cli import chosen_deployment
from cli.chosen_deployment import ProfileMissingError, choose_deployment, choose_stage, forget_deployment
from cli.local_stack import local_variables
from cli.main import cli
from cli.profiles import Profile, choose_profile, profiles_file, read_profiles, remove_profile, save_profile
from tests.unit.support.deployed import own_environment as own_environment

SHOP = Profile("shop", "https://shop.example", "dk_canary-shop", "prod", "eu-west-1")
LOCAL = {
    "DROPCAST_STAGE": "dev",
    "DROPCAST_URL": "http://127.0.0.1:1",
    "DROPCAST_API_KEY": "dk_canary-local",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:2",
}
VARIABLES = ("DROPCAST_URL", "DROPCAST_API_KEY", "DROPCAST_STAGE", "AWS_ENDPOINT_URL", "AWS_PROFILE")


@pytest.fixture(autouse=True)
def _bare_environment(own_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "AWS_REGION", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(chosen_deployment, "_applied", chosen_deployment._Applied())


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_deployment, "local_variables", lambda name: LOCAL)


def chosen() -> tuple[str | None, str | None]:
    return os.environ.get("DROPCAST_URL"), os.environ.get("DROPCAST_STAGE")


def test_only_the_owner_can_read_the_file():
    save_profile(SHOP)

    assert stat.S_IMODE(profiles_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(profiles_file().parent.stat().st_mode) == 0o700
    assert read_profiles().by_name == {"shop": SHOP}


def test_a_removed_profile_takes_its_key_along():
    save_profile(SHOP)

    assert remove_profile("shop")
    assert "canary" not in profiles_file().read_text()
    assert read_profiles().current is None
    assert not remove_profile("shop")


@pytest.mark.parametrize("text", ['{"profiles": []}', '{"current": null, "profiles": {"a": {"place": 1}}}', "[]", "{"])
def test_a_damaged_file_is_named(text):
    profiles_file().parent.mkdir(parents=True)
    profiles_file().write_text(text)

    with pytest.raises(ValueError):
        read_profiles()


def test_the_saved_profile_is_used(running):
    save_profile(SHOP)

    choose_deployment(None)

    assert chosen() == ("https://shop.example", "prod")
    assert (os.environ["DROPCAST_API_KEY"], os.environ["AWS_REGION"]) == ("dk_canary-shop", "eu-west-1")
    forget_deployment()
    assert chosen() == (None, None)


def test_the_environment_decides_alone(running, monkeypatch):
    save_profile(SHOP)
    monkeypatch.setenv("DROPCAST_URL", "https://other.example")

    choose_deployment(None)

    assert chosen() == ("https://other.example", None)
    assert "DROPCAST_API_KEY" not in os.environ


def test_a_named_profile_overrides_the_environment(monkeypatch):
    save_profile(SHOP)
    monkeypatch.setenv("DROPCAST_URL", "https://other.example")

    choose_deployment("shop")

    assert chosen() == ("https://shop.example", "prod")
    forget_deployment()


def test_the_local_stack_needs_no_choice(running):
    choose_deployment(None)

    assert chosen() == ("http://127.0.0.1:1", "dev")
    forget_deployment()


def test_aws_credentials_are_not_sent_to_a_local_stack_unasked(running, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "work")

    choose_deployment(None)
    assert chosen() == (None, None)

    choose_deployment("local")
    assert chosen() == ("http://127.0.0.1:1", "dev")
    assert "AWS_PROFILE" not in os.environ
    forget_deployment()
    assert os.environ["AWS_PROFILE"] == "work"


def test_another_stage_does_not_get_the_key_of_this_one(running):
    save_profile(SHOP)
    choose_deployment("local")

    choose_stage("prod")
    assert (chosen()[0], os.environ["DROPCAST_API_KEY"]) == ("https://shop.example", "dk_canary-shop")

    choose_stage("test")
    assert "DROPCAST_API_KEY" not in os.environ
    assert "AWS_ENDPOINT_URL" not in os.environ


@pytest.mark.parametrize("name", ["nothing", "local"])
def test_a_profile_that_is_not_there_is_refused(name):
    with pytest.raises(ProfileMissingError) as missing:
        choose_deployment(name)

    assert missing.value.fix


@pytest.mark.parametrize("command", ["deploy", "destroy", "setup"])
def test_no_profile_in_use_leads_a_deployment_elsewhere(running, monkeypatch, command):
    chosen_by_command: list[str | None] = []
    choose_profile("local")
    monkeypatch.setattr("cli.deployment.deploy.deploy", lambda *_, **__: chosen_by_command.append(chosen()[0]))
    monkeypatch.setattr("cli.deployment.destroy.destroy", lambda *_, **__: chosen_by_command.append(chosen()[0]))
    monkeypatch.setattr("cli.setup_command._steps", lambda _: chosen_by_command.append(chosen()[0]) or ())

    CliRunner().invoke(cli, [command])

    assert chosen_by_command == [None]


def test_profiles_are_listed_and_chosen_by_commands():
    added = CliRunner().invoke(cli, ["profiles", "add", "shop", "--url", "https://shop.example/"], input="dk_canary\n")
    save_profile(Profile("other", "https://other.example", "dk_canary", "dev"))
    used = CliRunner().invoke(cli, ["profiles", "use", "shop"])
    listed = CliRunner().invoke(cli, ["profiles", "list"])
    missing = CliRunner().invoke(cli, ["profiles", "use", "nothing"])

    assert (added.exit_code, used.exit_code, missing.exit_code) == (0, 0, 8)
    assert [line.split() for line in listed.stdout.splitlines()[1:]] == [
        ["shop", "dev", "https://shop.example", "yes"],
        ["other", "dev", "https://other.example"],
    ]
    as_json = CliRunner().invoke(cli, ["profiles", "list", "--json"])
    assert json.loads(as_json.stdout)[0] == {
        "name": "shop",
        "stage": "dev",
        "url": "https://shop.example",
        "default": True,
    }
    assert "canary" not in as_json.stdout
    forget_deployment()


def test_a_change_of_the_profiles_prints_the_profile_as_json_without_its_key():
    url = "https://shop.example"
    added = CliRunner().invoke(cli, ["profiles", "add", "shop", "--url", url, "--json"], input="dk_canary\n")
    used = CliRunner().invoke(cli, ["profiles", "use", "shop", "--json"])
    removed = CliRunner().invoke(cli, ["profiles", "remove", "shop", "--json"])

    shop = {"name": "shop", "stage": "dev", "url": url, "default": True}
    assert [json.loads(one.stdout) for one in (added, used, removed)] == [shop, shop, shop]
    assert read_profiles().by_name == {}
    forget_deployment()


def test_a_stack_that_runs_here_gives_its_shell_files_variables(tmp_path, monkeypatch):
    monkeypatch.setattr("cli.local_stack.ROOT", tmp_path)
    folder = tmp_path / ".local" / "main"
    folder.mkdir(parents=True)
    (folder / "env").write_text("unset AWS_PROFILE\nexport BASE=http://127.0.0.1:1\nexport LOG='/a b/main.log'\n")
    (folder / "stack.json").write_text(json.dumps({"pid": os.getpid()}))

    assert local_variables("main") == {"BASE": "http://127.0.0.1:1", "LOG": "/a b/main.log"}
    assert local_variables("second") is None


def test_a_stack_whose_process_has_ended_does_not_count(tmp_path, monkeypatch):
    monkeypatch.setattr("cli.local_stack.ROOT", tmp_path)
    folder = tmp_path / ".local" / "main"
    folder.mkdir(parents=True)
    (folder / "env").write_text("export BASE=http://127.0.0.1:1\n")
    (folder / "stack.json").write_text(json.dumps({"pid": 2**22 + 1}))

    assert local_variables("main") is None
