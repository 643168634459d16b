"""Checks at TikTok and at the deployment's public addresses, over the internet."""

import httpx

from cli.tiktok_probes import CannotTell, probe_consent_page, probe_credentials
from dropcast.accounts import tiktok_app
from dropcast.aws import clients
from dropcast.health import tiktok_checks
from dropcast.health.finding import Finding
from dropcast.settings import listed, settings

_PATIENCE_S = 10
_APP_PAGE = "connect.md#3-tell-dropcast-the-apps-key-and-secret"
_ADDRESSES_PAGE = "connect.md#2-register-the-addresses-at-tiktok"
_MEDIA_PAGE = "deploy.md#the-media-address"
_VERIFICATION_FILES = "public/tiktok"


def check_app_credentials() -> Finding:
    """Whether the app's key and secret are set, and whether TikTok accepts them.

    Makes one call to AWS and one to TikTok.
    """
    stored = tiktok_checks.check_tiktok_app()
    if stored.status != "ok":
        return stored
    match probe_credentials(tiktok_app.app_credentials()):
        case "right":
            return Finding("ok", "TikTok accepts the key and secret of the app.")
        case "wrong":
            words = "TikTok does not know this pair of key and secret."
            fix = "Copy both from TikTok's portal again, from the same app or sandbox, and run dropcast app set."
            return Finding("act", words, fix, _APP_PAGE)
        case CannotTell(why):
            words = f"The key and secret are set. TikTok has not confirmed them: {why}."
            return Finding("look", words, "Try again later, and check the app in TikTok's portal.", _APP_PAGE)


def check_redirect_uri(redirect_uri: str) -> Finding:
    """Whether TikTok's consent page accepts the redirect URI. Makes one to five calls to TikTok."""
    client_key = tiktok_app.app_credentials().client_key
    if client_key == tiktok_app.PLACEHOLDER:
        return Finding("look", "The redirect URI cannot be checked before the key is set.", "Run dropcast app set.")
    match probe_consent_page(client_key, redirect_uri):
        case "":
            return Finding("ok", f"TikTok's consent page names no error for {redirect_uri}.")
        case "redirect_uri":
            fix = f"Register exactly {redirect_uri} in Login Kit of TikTok's portal, on the platform Web."
            return Finding("act", "TikTok does not know the redirect URI.", fix, _ADDRESSES_PAGE)
        case "client_key":
            words = "TikTok's consent page does not know the client key."
            return Finding("act", words, "Copy the key from TikTok's portal and run dropcast app set.", _APP_PAGE)
        case CannotTell(why):
            return Finding("look", f"The redirect URI could not be checked: {why}.", "Try again later.")


def check_webhook_address(webhook_url: str) -> Finding:
    """Whether the address for TikTok's webhooks answers and refuses a webhook without TikTok's signature."""
    try:
        status = httpx.post(webhook_url, json={}, timeout=_PATIENCE_S).status_code
    except httpx.HTTPError as error:
        words = f"{webhook_url} does not answer ({type(error).__name__})."
        return Finding("act", words, "Check the domain's DNS and certificate, and any firewall in front of it.")
    if status == 401:
        return Finding("ok", f"{webhook_url} answers and refuses webhooks that TikTok did not sign.")
    words = f"{webhook_url} answers a webhook without a signature with HTTP {status} instead of 401."
    return Finding("act", words, "Check whether another server or a firewall answers at this address.")


def check_verified_prefix(bucket: str) -> Finding:
    """Whether TikTok can verify the address from which it pulls.

    Makes one call, and requests each verification file once.
    """
    media_url = settings().media_url
    if not media_url:
        return Finding("ok", "There is no media address, so TikTok has no URL prefix to verify.")
    if any(prefix and media_url.startswith(prefix.rstrip("/")) for prefix in listed(settings().verified_urls)):
        return Finding("ok", f"{media_url} is verified, according to the setting verified_urls.")
    listing = clients.client("s3").list_objects_v2(Bucket=bucket, Prefix=_VERIFICATION_FILES)
    names = [one["Key"].removeprefix("public/") for one in listing.get("Contents", [])]
    if not names:
        words = f"TikTok pulls photos only from verified addresses, and there is no verification file for {media_url}/."
        fix = (
            "Add this URL prefix in TikTok's portal. Then run dropcast setup --verification-file with the file that "
            "the portal offers."
        )
        return Finding("look", words, fix, _MEDIA_PAGE)
    missing = [name for name in names if not _is_served(f"{media_url}/{name}")]
    if missing:
        words = f"{media_url} does not serve TikTok's verification file {missing[0]}."
        return Finding("act", words, "Check the media address and its DNS record.", _MEDIA_PAGE)
    return Finding("ok", f"{media_url} serves TikTok's verification file {names[0]}.")


def _is_served(url: str) -> bool:
    try:
        return httpx.get(url, timeout=_PATIENCE_S).is_success
    except httpx.HTTPError:
        return False
