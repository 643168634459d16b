"""The steps of `dropcast setup`, one by one, against a deployment in moto."""

import json
from pathlib import Path

import httpx
import pytest

from cli.profiles import Profile, read_profiles, save_profile
from cli.prompts import Answering
from cli.setup import kept_choices
from cli.setup.addresses_step import register_addresses
from cli.setup.api_key_step import make_api_key
from cli.setup.choices_step import choose
from cli.setup.found import Done, Failed, Step
from cli.setup.run_steps import run_steps
from cli.setup.verification_step import serve_verification_file
from dropcast.access.authentication import authenticate
from dropcast.site_verification import find_verification_file
from tests.unit.support.accounts import BUCKET
from tests.unit.support.deployed import PUBLIC
from tests.unit.support.deployed import deployed as deployed
from tests.unit.support.deployed import internet as internet
from tests.unit.support.deployed import own_environment as own_environment
from tests.unit.support.memory_aws import maker
from tests.unit.support.setup_steps import ANSWERS, new_setup, question
from tests.unit.support.setup_steps import cdk_json as cdk_json

PROOF = "tiktok-developers-site-verification=A1"

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


def test_the_text_of_a_run_has_no_answer_because_one_is_a_secret():
    assert "s3cret" not in repr(new_setup(client_secret="s3cret"))


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
