"""Secrets at rest: direct KMS Encrypt and Decrypt, each bound to its place by an encryption context.

A context is not secret (it stands in CloudTrail); the plain text is only ever in memory, as a SecretStr.
"""

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.settings import settings


def seal(text: SecretStr, context: dict[str, str]) -> bytes:
    """`text` (at most 4096 bytes) as ciphertext that opens only with the same `context`."""
    answer = clients.client("kms").encrypt(
        KeyId=settings().kms_key_id, Plaintext=text.get_secret_value().encode(), EncryptionContext=context
    )
    return answer["CiphertextBlob"]


def unseal(sealed: bytes, context: dict[str, str]) -> SecretStr:
    """The text of `sealed`. Another context, or a changed ciphertext, is a ClientError (InvalidCiphertextException)."""
    answer = clients.client("kms").decrypt(
        KeyId=settings().kms_key_id, CiphertextBlob=sealed, EncryptionContext=context
    )
    return SecretStr(answer["Plaintext"].decode())
