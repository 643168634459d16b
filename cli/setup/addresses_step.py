"""Prints the addresses to register in TikTok's portal, and waits until the person has registered them."""

from cli.prompts import Question
from cli.setup.account_step import find_connected
from cli.setup.found import Done, Failed, Found, NeedsAnswer, Setup
from cli.tiktok_probes import CannotTell, probe_consent_page
from dropcast.accounts import tiktok_app
from dropcast.settings import settings

_NAME = "registered"


def register_addresses(setup: Setup) -> Found:
    """Let the person register the redirect URI and the webhook URL.

    Asks nothing if an account is connected, because its consent needed these addresses.
    """
    redirect_uri, lines = f"{settings().public_url}/oauth/tiktok/callback", _places()
    problem = probe_consent_page(tiktok_app.app_credentials().client_key, redirect_uri)
    if problem == "client_key":
        fix = "Copy the key and the secret from TikTok's portal again, and run dropcast app set."
        return Failed("TikTok's consent page does not know the client key.", fix)
    if problem == "redirect_uri" and _NAME in setup.answers:
        fix = "Register exactly this redirect URI. TikTok may need some minutes to accept it."
        return Failed(f"TikTok's consent page does not know {redirect_uri} yet.", fix, (_NAME,))
    if problem != "redirect_uri" and (_NAME in setup.answers or find_connected(setup) is not None):
        open_point = f" ({problem.why})" if isinstance(problem, CannotTell) else ""
        return Done(f"TikTok's consent page names no error{open_point}.", lines)
    words = "Press Enter when both are registered"
    return NeedsAnswer(Question(_NAME, words, "pause", notes=("Enter these addresses in TikTok's portal:", *lines)))


def _places() -> tuple[str, ...]:
    url = settings().public_url
    platform = "Web" if url.startswith("https://") else "Desktop"
    return (
        f"Login Kit > {platform} > Redirect URI:  {url}/oauth/tiktok/callback",
        f"Webhooks > Callback URL:         {url}/webhooks/tiktok",
    )
