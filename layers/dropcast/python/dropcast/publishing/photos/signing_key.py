"""The key pair for signed media URLs. Dropcast generates it once and stores it in Secrets Manager."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dropcast import clock
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.snapshots import empty_after_restore

_BITS = 2048
_EXPONENT = 65537
_PEM = "-----BEGIN"
_REREAD_AFTER_S = 300


@dataclass(frozen=True)
class PublicKey:
    """The public key as PEM, and an id that depends only on the key."""

    pem: str
    key_id: str


def ensure_public_key(secret_arn: str) -> PublicKey:
    """The public key of the secret's key pair.

    If the secret is a placeholder, the key pair is generated and stored first.
    """
    text = _read_secret(secret_arn)
    key = _private_key(text) if text.startswith(_PEM) else _make_key(secret_arn)
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(pem, hashlib.sha256(pem.encode()).hexdigest()[:16].upper())


def signing_key() -> RSAPrivateKey:
    """This deployment's private key. It is cached for 5 minutes."""
    return _signing_key(clock.now() // _REREAD_AFTER_S)


@empty_after_restore
@lru_cache(maxsize=1)
def _signing_key(_period: int) -> RSAPrivateKey:
    return _private_key(_read_secret(settings().media_key_arn))


def _make_key(secret_arn: str) -> RSAPrivateKey:
    key = generate_private_key(_EXPONENT, _BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    clients.client("secretsmanager").put_secret_value(SecretId=secret_arn, SecretString=pem)
    return key


def _read_secret(secret_arn: str) -> str:
    return clients.client("secretsmanager").get_secret_value(SecretId=secret_arn)["SecretString"]


def _private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("the media key is no RSA key")
    return key
