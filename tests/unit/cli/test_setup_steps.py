"""The steps of `dropcast setup`, one by one, against a deployment in moto."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.deployment import cdk_command
from cli.deployment.cdk_command import CdkFailedError
from cli.profiles import Profile, read_profiles, save_profile
from cli.prompts import Answering, Question
from cli.setup import deploy_step, kept_choices
from cli.setup.addresses_step import register_addresses
from cli.setup.api_key_step import make_api_key
from cli.setup.aws_account_steps import bootstrap_region, check_account_quotas, find_account
from cli.setup.choices_step import choose
from cli.setup.deploy_step import deploy, price_words
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup, Step
from cli.setup.run_steps import run_steps
from cli.setup.verification_step import serve_verification_file
from dropcast.access.authentication import authenticate
from dropcast.site_verification import find_verification_file
from tests.unit.support.accounts import BUCKET
from tests.unit.support.deployed import ACCOUNT, PUBLIC, Deployed
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import internet as internet
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.memory_aws import maker

PROOF = "tiktok-developers-site-verification=A1"
ANSWERS = {"scopes": "user.info.basic,video.publish", "audited": "no", "alarm_email": "", "domain": ""}


@pytest.fixture(autouse=True)
def cdk_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    file = tmp_path / "cdk.json"
    file.write_text('{"app": "python app.py", "context": {"@aws-cdk/core:target-partitions": ["aws"]}}')
    monkeypatch.setattr(kept_choices, "_FILE", file)
    return file


def new_setup(**answers: str) -> Setup:
    return Setup("dev", answers, {"aws_account": ACCOUNT, "region": "eu-west-1"})


def question(found: Found) -> Question:
    assert isinstance(found, NeedsAnswer)
    return found.question


# Steps in general


def test_an_answer_that_nothing_gives_ends_the_run():
    steps = [Step("one", "One", lambda setup: Done("fine")), Step("two", "Two", choose), Step("three", "Three", choose)]

    results = run_steps(steps, new_setup(), Answering(person=False, defaults=False), lambda *_: None)

    assert [step.name for step, _ in results] == ["one", "two"]
    assert question(results[-1][1]).option == "--scopes"


def test_defaults_answer_what_has_a_default():
    results = run_steps(
        [Step("choices", "", choose)], new_setup(), Answering(person=False, defaults=True), lambda *_: None
    )

    assert isinstance(results[-1][1], Done)


def test_a_wrong_answer_of_an_option_is_not_asked_again_without_a_person():
    setup = new_setup(**ANSWERS | {"alarm_email": "ana"})

    [(_, found)] = run_steps([Step("choices", "", choose)], setup, Answering(False, True), lambda *_: None)

    assert isinstance(found, Failed)
    assert "ana" in found.words


# Choices


def test_choices_are_kept_and_not_asked_again(cdk_json):
    assert isinstance(choose(new_setup(**ANSWERS | {"audited": "yes"})), Done)

    context = json.loads(cdk_json.read_text())["context"]
    assert (context["app_audit"], context["tiktok_scopes"]) == ("audited", "user.info.basic,video.publish")
    assert context["@aws-cdk/core:target-partitions"] == ["aws"]
    assert isinstance(choose(new_setup()), Done)


def test_a_domain_needs_a_certificate():
    setup = new_setup(**ANSWERS | {"domain": "post.example.com"})

    assert question(choose(setup)).name == "certificate_arn"
    setup.answers["certificate_arn"] = "nonsense"
    assert isinstance(choose(setup), Failed)
    setup.answers["certificate_arn"] = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    assert isinstance(choose(setup), Done)
    assert kept_choices.read_choices()["custom_domain"] == "post.example.com"


@pytest.mark.parametrize(
    ("name", "value"), [("alarm_email", "ana"), ("domain", "https://a.example"), ("scopes", "video.publish")]
)
def test_a_wrong_choice_is_refused_and_not_kept(name, value):
    found = choose(new_setup(**ANSWERS | {name: value}))

    assert isinstance(found, Failed)
    assert found.ask_again == (name,)
    assert kept_choices.read_choices() == {}


# The AWS account


def test_the_region_is_asked_if_none_is_chosen(deployed, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    setup = new_setup()

    assert question(find_account(setup)).name == "region"

    setup.answers["region"] = "eu-west-1"
    assert isinstance(find_account(setup), Done)
    assert setup.facts["aws_account"] == ACCOUNT


def test_a_region_without_bootstrap_is_bootstrapped_if_wished(deployed, monkeypatch):
    deployed.bootstrapped = False

    def bootstrap(account: str, region: str) -> None:
        assert (account, region) == (ACCOUNT, "eu-west-1")
        deployed.bootstrapped = True

    monkeypatch.setattr(cdk_command, "bootstrap", bootstrap)
    assert question(bootstrap_region(new_setup())).name == "bootstrap"

    refused = bootstrap_region(new_setup(bootstrap="no"))
    assert isinstance(refused, Failed)
    assert "bootstrap" in refused.fix
    assert isinstance(bootstrap_region(new_setup(bootstrap="yes")), Done)
    assert deployed.bootstrapped


def test_a_bootstrap_that_fails_is_reported(deployed, monkeypatch):
    deployed.bootstrapped = False

    def fail(account: str, region: str) -> None:
        raise CdkFailedError("cdk bootstrap failed.", "See above.")

    monkeypatch.setattr(cdk_command, "bootstrap", fail)

    found = bootstrap_region(new_setup(bootstrap="yes"))

    assert isinstance(found, Failed)
    assert found.words == "cdk bootstrap failed."


def test_a_low_quota_asks_how_many_videos_are_sent_at_once(deployed):
    deployed.functions_at_once = 10
    setup = new_setup()

    asked = question(check_account_quotas(setup))

    assert (asked.name, asked.default) == ("transfers_at_once", "4")
    setup.answers |= {"transfers_at_once": "4"}
    assert isinstance(check_account_quotas(setup), Done)


def test_cloudfront_is_asked_only_in_an_account_without_a_distribution(deployed):
    deployed.deployed = deployed.has_distribution = False
    setup = new_setup()

    assert question(check_account_quotas(setup)).name == "cloudfront"

    setup.answers["cloudfront"] = "no"
    assert isinstance(check_account_quotas(setup), Done)
    assert setup.answers["media_distribution"] == "off"
    deployed.has_distribution = True
    assert isinstance(check_account_quotas(new_setup()), Done)


# The deployment


@pytest.fixture
def cdk(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What CDK was asked to do."""
    calls: list[str] = []
    monkeypatch.setattr(cdk_command, "synthesise", lambda arguments: calls.append("synth"))
    monkeypatch.setattr(cdk_command, "show_difference", lambda assembly, arguments: calls.append("diff"))

    def deploy_it(assembly: Any, arguments: Any, *, ask: bool) -> bool:
        calls.append("deploy")
        deployed.deployed = True
        return True

    monkeypatch.setattr(deploy_step, "deploy_assembly", deploy_it)
    return calls


def test_a_stack_with_the_same_choices_is_not_deployed_again(cdk, deployed):
    choose(new_setup(**ANSWERS))
    deployed.parameters = {"TikTokScopes": ANSWERS["scopes"], "AppAudit": "unaudited", "AppName": "Shop"}

    assert isinstance(deploy(new_setup()), Done)
    assert cdk == []


def test_a_changed_choice_shows_the_difference_and_the_price_before_it_is_deployed(cdk, deployed):
    choose(new_setup(**ANSWERS | {"audited": "yes"}))
    deployed.parameters = {"AppAudit": "unaudited"}
    setup = new_setup()

    asked = question(deploy(setup))

    assert cdk == ["synth", "diff"]
    assert "10 US dollars a month" in asked.words
    setup.answers["deploy"] = "yes"
    assert isinstance(deploy(setup), Done)
    assert cdk[-1] == "deploy"
    assert setup.facts["url"] == PUBLIC


def test_the_first_deployment_uses_the_stack_afterwards(cdk, deployed):
    deployed.deployed = False

    found = deploy(new_setup(deploy="yes"))

    assert isinstance(found, Done)
    assert cdk[-1] == "deploy"


def test_nothing_is_deployed_against_the_persons_wish(cdk, deployed):
    deployed.deployed = False

    assert isinstance(deploy(new_setup(deploy="no")), Failed)
    assert "deploy" not in cdk


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_stack_that_cannot_be_deployed_now_says_why(cdk, deployed, status):
    deployed.status = status

    found = deploy(new_setup(deploy="yes"))

    assert isinstance(found, Failed)
    assert status in found.words
    assert cdk == []


def test_a_failed_deployment_can_be_tried_again(cdk, deployed, monkeypatch):
    deployed.deployed = False

    def fail(*_: Any, **__: Any) -> bool:
        raise CdkFailedError("cdk deploy failed.", "See above.")

    monkeypatch.setattr(deploy_step, "deploy_assembly", fail)

    assert deploy(new_setup(deploy="yes")) == Failed("cdk deploy failed.", "See above.", ("deploy",))


def test_the_price_is_that_of_the_page_on_deploying():
    page = Path("docs/deploy.md").read_text()

    assert price_words().startswith("About 10 US dollars a month")
    assert "About 10 US dollars a month" in page


# TikTok's portal


def test_a_redirect_uri_that_tiktok_does_not_know_is_waited_for(deployed, tiktok, internet):
    internet["consent"].respond(html='{"error_type":"redirect_uri"}')
    setup = new_setup()

    asked = question(register_addresses(setup))
    assert any(f"{PUBLIC}/oauth/tiktok/callback" in note for note in asked.notes)
    assert any(f"{PUBLIC}/webhooks/tiktok" in note for note in asked.notes)

    setup.answers["registered"] = "yes"
    found = register_addresses(setup)
    assert isinstance(found, Failed)
    assert found.ask_again == ("registered",)
    internet["consent"].respond(html="<h1>Log in</h1>")
    assert isinstance(register_addresses(setup), Done)


def test_a_silent_consent_page_is_no_proof_of_registered_addresses(deployed, tiktok, internet):
    assert question(register_addresses(new_setup())).kind == "pause"


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    file = tmp_path / "tiktokA1.txt"
    file.write_text(f"{PROOF}\n")
    return file


def test_the_verification_file_is_served_at_both_addresses(deployed, internet, proof):
    for address in (PUBLIC, "https://media.example"):
        internet.get(f"{address}/tiktokA1.txt").respond(text=PROOF)

    found = serve_verification_file(new_setup(verification_file=str(proof)))

    assert isinstance(found, Done)
    stored = find_verification_file("tiktokA1.txt")
    assert stored is not None
    assert stored.line == PROOF
    body = maker("s3").get_object(Bucket=BUCKET, Key="public/tiktokA1.txt")["Body"].read()
    assert body.decode() == PROOF
    assert isinstance(serve_verification_file(new_setup()), Done)


def test_a_verification_file_that_is_not_served_yet_is_reported(deployed, internet, proof):
    internet.get(f"{PUBLIC}/tiktokA1.txt").respond(404)
    internet.get("https://media.example/tiktokA1.txt").mock(side_effect=httpx.ConnectError("no"))

    assert isinstance(serve_verification_file(new_setup(verification_file=str(proof))), Failed)


@pytest.mark.parametrize(
    ("name", "text"),
    [("tiktokA1.txt", "<html>"), ("proof.txt", PROOF), ("tiktokA1.txt", None), ("tiktokA1.txt", "\xff")],
)
def test_another_file_is_not_served(deployed, tmp_path, name, text):
    file = tmp_path / name
    if text is not None:
        file.write_bytes(text.encode("latin-1"))

    found = serve_verification_file(new_setup(verification_file=str(file)))

    assert isinstance(found, Failed)
    assert "Contents" not in maker("s3").list_objects_v2(Bucket=BUCKET)


def test_no_verification_file_is_needed_now(deployed):
    assert question(serve_verification_file(new_setup())).default == ""
    assert isinstance(serve_verification_file(new_setup(verification_file="")), Done)


# The API key


def test_a_key_is_made_once_and_saved(deployed, internet):
    assert isinstance(make_api_key(new_setup()), Done)

    saved = read_profiles()
    key = authenticate(saved.by_name["dev"].api_key)
    assert key is not None
    assert (saved.current, key.scopes) == ("dev", {"admin"})
    assert isinstance(make_api_key(new_setup()), Done)
    assert read_profiles() == saved


def test_a_key_that_no_longer_works_is_replaced(deployed, internet):
    save_profile(Profile("dev", PUBLIC, "dk_canary-old", "dev"))
    internet["accounts"].respond(403)

    make_api_key(new_setup())

    assert read_profiles().by_name["dev"].api_key != "dk_canary-old"
