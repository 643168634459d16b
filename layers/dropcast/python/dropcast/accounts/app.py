"""This deployment's TikTok app: its credentials and the process's client."""

from dropcast.tiktok.client import TikTok
from dropcast.tiktok.oauth import AppCredentials


def app_credentials() -> AppCredentials:
    """The app's client key and secret from Secrets Manager, kept for 5 minutes."""
    raise NotImplementedError


def tiktok() -> TikTok:
    """The process's TikTok client (connect 5 s, read 30 s)."""
    raise NotImplementedError
