"""Checks whether TikTok can pull from a URL or from this deployment, as far as Dropcast knows (protocol section 9)."""

from urllib.parse import urlsplit

from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings


def url_refusal(url: str, verified: list[str]) -> Problem | None:
    """The reason why TikTok would not pull from `url`, or None.

    `verified` lists the domains (with their subdomains) and URL prefixes that the operator verified in TikTok's portal.
    If it is empty, only the scheme is checked here, and TikTok checks the ownership. An http URL needs a verified
    prefix with http.
    Problems: url_ownership_unverified, url_not_https.
    """
    if verified and not any(_covers(proof, url) for proof in verified):
        return problem("url_ownership_unverified", host=urlsplit(url).hostname)
    is_plain = urlsplit(url).scheme != "https" and not any(proof.startswith("http://") for proof in verified)
    return problem("url_not_https") if is_plain else None


def serving_refusal() -> Problem | None:
    """media_not_served if TikTok cannot pull from this deployment, else None."""
    return None if settings().media_url else problem("media_not_served")


def _covers(proof: str, url: str) -> bool:
    """Whether `proof` (a verified URL prefix or domain) covers `url`.

    A prefix covers the URLs that begin with it. A domain covers the https URLs of itself and of its subdomains.
    """
    if "://" in proof:
        return url.startswith(proof)
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and (host == proof.lower() or host.endswith(f".{proof.lower()}"))
