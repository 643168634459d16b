"""Asks for the choices of the deployment that are not yet in cdk.json, and stores them in cdk.json."""

import re

from cli.prompts import NO, YES, Question
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.setup.kept_choices import keep_choices, read_choices
from dropcast.settings import Settings

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:\S+")
_FROM_QUOTAS = ("transfers_at_once", "media_distribution")

_QUESTIONS = (
    Question("scopes", "Scopes that TikTok has approved for your app", default=Settings.tiktok_scopes.default),
    Question("audited", "Has your app passed TikTok's audit?", "yes", NO),
    Question("alarm_email", "E-mail address for alarms (empty: none)", default=""),
    Question("domain", "Your own domain for the API (empty: AWS's address)", default=""),
)
_CERTIFICATE_QUESTION = Question("certificate_arn", "ARN of the domain's certificate, in the same region")
_NAMES = {"scopes": "tiktok_scopes", "audited": "app_audit", "domain": "custom_domain"}


def choose(setup: Setup) -> Found:
    """Collect the choices from the options and from cdk.json, and the missing choices from the person."""
    kept = read_choices()
    for question in _QUESTIONS:
        if question.name not in setup.answers and _name(question.name) not in kept:
            return NeedsAnswer(question)
    domain = setup.answers.get("domain", kept.get("custom_domain", ""))
    if failed := _complaint(setup):
        return failed
    if domain and "certificate_arn" not in setup.answers.keys() | kept.keys():
        return NeedsAnswer(_CERTIFICATE_QUESTION)
    chosen = _chosen(setup)
    if new := {name: value for name, value in chosen.items() if kept.get(name) != value}:
        keep_choices(new)
    lines = tuple(f"{name}: {value or 'none'}" for name, value in sorted((kept | chosen).items()) if name != "stage")
    return Done("cdk.json has the choices; later deployments use them too.", lines)


def _chosen(setup: Setup) -> dict[str, str]:
    names = [*(question.name for question in _QUESTIONS), _CERTIFICATE_QUESTION.name, *_FROM_QUOTAS]
    given = {_name(name): setup.answers[name].strip() for name in names if name in setup.answers}
    if "app_audit" in given:
        given["app_audit"] = "audited" if given["app_audit"] == YES else "unaudited"
    return given


def _complaint(setup: Setup) -> Failed | None:
    """The problem with an answer. None if all answers are valid."""
    email, certificate = setup.answers.get("alarm_email"), setup.answers.get("certificate_arn")
    if email and not _EMAIL.fullmatch(email):
        return Failed(
            f"{email} is not an e-mail address.", "Give an address, or leave the answer empty.", ("alarm_email",)
        )
    if certificate and not _CERTIFICATE.fullmatch(certificate):
        fix = "Copy it from AWS Certificate Manager: arn:aws:acm:…"
        return Failed(f"{certificate} is not the ARN of a certificate.", fix, ("certificate_arn",))
    if "/" in setup.answers.get("domain", ""):
        fix = "Give only the name: post.example.com"
        return Failed(f"{setup.answers['domain']} is not a domain.", fix, ("domain",))
    if "user.info.basic" not in setup.answers.get("scopes", "user.info.basic"):
        fix = "Give a comma-separated list with user.info.basic, which every app has."
        return Failed("The list of scopes does not contain user.info.basic.", fix, ("scopes",))
    return None


def _name(answer: str) -> str:
    """The name that the choice `answer` has in cdk.json."""
    return _NAMES.get(answer, answer)
