"""The local replacement of CloudFront accepts exactly the signatures that CloudFront accepts.

AWS's own signer makes the signatures.
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1

from local.cloudfront_signatures import refusal, split_query

NOW = 1_800_000_000
KEY = generate_private_key(65537, 2048)
KEYS = {"K1": KEY.public_key()}
URL = "https://media.example/in/a%20b.mp4?versionId=v1&response-content-type=video%2Fmp4"


def signed(url: str = URL, key_id: str = "K1", until: int = NOW + 60) -> str:
    signer = CloudFrontSigner(key_id, lambda message: KEY.sign(message, PKCS1v15(), SHA1()))
    return signer.generate_presigned_url(url, date_less_than=datetime.fromtimestamp(until, UTC))


def why_not(url: str, now: int = NOW) -> str | None:
    parts = urlsplit(url)
    return refusal(f"{parts.scheme}://{parts.netloc}{parts.path}", parts.query, KEYS, now)


@pytest.mark.parametrize("url", [URL, "https://media.example/media/pub_1/0-a.jpg"])
def test_a_valid_signature_is_accepted(url):
    assert why_not(signed(url)) is None


def test_cloudfronts_own_parameters_are_not_passed_on():
    assert split_query(urlsplit(signed()).query)[0] == "versionId=v1&response-content-type=video%2Fmp4"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (URL, "MissingKey"),
        (signed().replace("&Key-Pair-Id=K1", ""), "MissingKey"),
        (signed(key_id="K2"), "AccessDenied"),
        (signed().replace("a%20b", "a%20c"), "AccessDenied"),
        (signed().replace("versionId=v1", "versionId=v2"), "AccessDenied"),
        (signed().replace(f"Expires={NOW + 60}", f"Expires={NOW + 61}"), "AccessDenied"),
        (signed().replace("Signature=", "Signature=A"), "AccessDenied"),
        (signed().replace("Signature=", "Signature=%C3%A4"), "AccessDenied"),
        (signed() + "&versionId=v2", "AccessDenied"),
        (signed().replace("media.example", "other.example"), "AccessDenied"),
    ],
    ids=["plain", "no key", "other key", "path", "version", "later", "signature", "no base64", "added", "host"],
)
def test_any_other_request_is_refused(url, code):
    assert why_not(url) == code


def test_a_signature_expires_at_its_second():
    assert why_not(signed(), now=NOW + 59) is None
    assert why_not(signed(), now=NOW + 60) == "AccessDenied"
