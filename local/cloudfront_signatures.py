"""Checks CloudFront signatures of URLs. Supports only canned policies: one URL with an expiry time."""

import base64
import binascii
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_OURS = ("Expires", "Signature", "Key-Pair-Id")
_BASE64 = bytes.maketrans(b"-_~", b"+=/")


def public_half(private_pem: str) -> RSAPublicKey:
    """The public key that belongs to a private key."""
    key = load_pem_private_key(private_pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the key is not an RSA key")
    return key.public_key()


def split_query(query: str) -> tuple[str, dict[str, str]]:
    """The two parts of a query string: the part that CloudFront passes on unchanged, and the parameters that it reads
    itself.
    """
    parts = [part.partition("=") for part in query.split("&") if part]
    passed_on = "&".join("".join(part) for part in parts if part[0] not in _OURS)
    return passed_on, {name: value for name, _, value in parts if name in _OURS}


def refusal(address: str, query: str, keys: dict[str, RSAPublicKey], now: int) -> str | None:
    """CloudFront's code for refusing the URL that consists of `address` and `query`.

    None if one of `keys` signed the URL and the URL has not expired.
    """
    passed_on, given = split_query(query)
    if len(given) < len(_OURS):
        return "MissingKey"
    key, expires = keys.get(given["Key-Pair-Id"]), given["Expires"]
    if key is None or not expires.isdecimal() or int(expires) <= now:
        return "AccessDenied"
    resource = f"{address}?{passed_on}" if passed_on else address
    return None if _is_signed_by(key, given["Signature"], _policy(resource, int(expires))) else "AccessDenied"


def _policy(resource: str, expires: int) -> bytes:
    condition = {"DateLessThan": {"AWS:EpochTime": expires}}
    return json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":")).encode()


def _is_signed_by(key: RSAPublicKey, signature: str, policy: bytes) -> bool:
    try:
        key.verify(base64.b64decode(signature.encode().translate(_BASE64)), policy, PKCS1v15(), SHA1())  # noqa: S303
    except (InvalidSignature, binascii.Error, UnicodeEncodeError):
        return False
    return True
