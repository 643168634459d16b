"""May TikTok pull a video from this address? As far as we know it (protocol section 9)."""

from urllib.parse import urlsplit

from dropcast.errors.problem import Problem, problem


def url_refusal(url: str, verified: list[str]) -> Problem | None:
    """Why TikTok would not pull from `url`, or None.

    `verified` holds what the operator proved in TikTok's portal: domains (with all below them) and URL prefixes. With
    none given it is not known here, and TikTok decides. http is for an address that a prefix names with its http.
    """
    if verified and not any(_covers(proof, url) for proof in verified):
        return problem("url_ownership_unverified", host=urlsplit(url).hostname)
    is_plain = urlsplit(url).scheme != "https" and not any(proof.startswith("http://") for proof in verified)
    return problem("url_not_https") if is_plain else None


def _covers(proof: str, url: str) -> bool:
    """A prefix covers what begins with it, letter by letter; a domain itself and what is below it, by https."""
    if "://" in proof:
        return url.startswith(proof)
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return parts.scheme == "https" and (host == proof.lower() or host.endswith(f".{proof.lower()}"))
