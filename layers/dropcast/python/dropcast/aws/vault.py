"""Encrypts and decrypts stored secrets by KMS. An encryption context binds each secret to its place.

A context is not secret (CloudTrail shows it). The plain text exists only in memory, as a SecretStr.
"""

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.settings import settings


def seal(text: SecretStr, context: dict[str, str]) -> bytes:
    """Encrypt `text` (at most 4096 bytes). Only the same `context` decrypts it."""
    answer = clients.client("kms").encrypt(
        KeyId=settings().kms_key_id, Plaintext=text.get_secret_value().encode(), EncryptionContext=context
    )
    return answer["CiphertextBlob"]


def unseal(sealed: bytes, context: dict[str, str]) -> SecretStr:
    """Decrypt `sealed`. ClientError (InvalidCiphertextException): another context, or a changed ciphertext."""
    answer = clients.client("kms").decrypt(
        KeyId=settings().kms_key_id, CiphertextBlob=sealed, EncryptionContext=context
    )
    return SecretStr(answer["Plaintext"].decode())
