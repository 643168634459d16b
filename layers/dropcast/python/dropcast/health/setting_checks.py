"""Checks of the settings that limit what callers can do. They make no call."""

from dropcast.health.finding import Finding
from dropcast.settings import listed, settings


def check_media_address() -> Finding:
    """Whether TikTok can pull media from this deployment."""
    if settings().media_url:
        return Finding("ok", f"TikTok pulls photos and videos from {settings().media_url}.")
    return Finding(
        "look",
        "This deployment has no media address. It refuses photos, and videos that TikTok would pull.",
        "Deploy with media_distribution=on, or with a media_url.",
        "deploy.md#the-media-address",
    )


def check_verified_urls() -> Finding:
    """How many addresses the operator has verified in TikTok's portal, so that TikTok may pull videos from them."""
    count = len(listed(settings().verified_urls))
    if count == 0:
        return Finding("ok", "The setting verified_urls is empty: TikTok decides from which addresses it pulls videos.")
    words = f"TikTok pulls videos only from the addresses in the setting verified_urls: {count}."
    return Finding("ok", words, see="publish.md#a-video-at-your-own-address")


def check_return_to_origins() -> Finding:
    """The number of the adopter's origins to which Dropcast may redirect browsers."""
    count = len(listed(settings().return_to_origins))
    if count == 0:
        words = "The setting return_to_origins is empty: only the console brings people back after connecting."
        return Finding("ok", words, see="connect.md#5-connect-an-account")
    return Finding("ok", f"Sites of your own in the setting return_to_origins: {count}.")
