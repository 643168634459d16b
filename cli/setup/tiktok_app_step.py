"""Checks the TikTok app's key and secret, and stores them if they are new."""

from pydantic import SecretStr, ValidationError

from cli.prompts import Question
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.tiktok_probes import CannotTell, probe_credentials
from dropcast.accounts import tiktok_app
from dropcast.accounts.tiktok_app import PLACEHOLDER, store_app_credentials
from dropcast.tiktok.oauth import AppCredentials

_WHERE = "TikTok's portal (developers.tiktok.com) shows both under Manage apps, in your app, at Credentials."
_WRONG = "TikTok does not know this pair of client key and client secret."


def set_up_tiktok_app(setup: Setup) -> Found:
    """Ask for the key and the secret, unless TikTok accepts the stored ones."""
    stored = _stored()
    if stored is not None and not setup.answers.keys() & {"client_key", "client_secret"}:
        verdict = probe_credentials(stored)
        if verdict == "right":
            return Done("TikTok accepts the key and secret that are stored.")
        if isinstance(verdict, CannotTell):
            return Done(f"A key and a secret are stored. TikTok has not confirmed them: {verdict.why}.")
        return _ask_for_key(_WRONG, "A sandbox of the app has its own key and secret.")
    if "client_key" not in setup.answers:
        return _ask_for_key()
    if "client_secret" not in setup.answers:
        return NeedsAnswer(
            Question("client_secret", "Client secret (it is not shown)", "secret", other_option="--secret-stdin")
        )
    return _check_and_store(setup)


def _check_and_store(setup: Setup) -> Found:
    key, secret = setup.answers["client_key"].strip(), setup.answers["client_secret"].strip()
    if not key or not secret:
        return Failed(
            "The client key and the client secret must not be empty.", _WHERE, ("client_key", "client_secret")
        )
    app = AppCredentials(key, SecretStr(secret))
    verdict = probe_credentials(app)
    if verdict == "wrong":
        fix = f"Copy both again, from the same app or sandbox. {_WHERE}"
        return Failed(_WRONG, fix, ("client_key", "client_secret"))
    store_app_credentials(app)
    if isinstance(verdict, CannotTell):
        return Done(f"Stored. TikTok has not confirmed them: {verdict.why}.")
    return Done("TikTok accepts the key and secret. They are stored in Secrets Manager.")


def _ask_for_key(*notes: str) -> NeedsAnswer:
    return NeedsAnswer(Question("client_key", "Client key", notes=(*notes, _WHERE)))


def _stored() -> AppCredentials | None:
    """The stored key and secret. None if nothing was stored yet."""
    try:
        app = tiktok_app.app_credentials()
    except ValidationError:
        return None
    return None if app.client_key == PLACEHOLDER else app
