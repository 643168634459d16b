"""Encrypts and decrypts stored secrets with KMS.

An encryption context binds each secret to the place where it is stored. A context must contain no secret, because
CloudTrail shows it. The plain text exists only in memory, as a SecretStr.
"""

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.settings import settings


def seal(text: SecretStr, context: dict[str, str]) -> bytes:
    """Encrypt `text` (at most 4096 bytes). Decryption requires the same `context`."""
    answer = clients.client("kms").encrypt(
        KeyId=settings().kms_key_id, Plaintext=text.get_secret_value().encode(), EncryptionContext=context
    )
    return answer["CiphertextBlob"]


def unseal(sealed: bytes, context: dict[str, str]) -> SecretStr:
    """Decrypt `sealed`.

    ClientError (InvalidCiphertextException): the context is different, or the ciphertext was changed.
    """
    answer = clients.client("kms").decrypt(
        KeyId=settings().kms_key_id, CiphertextBlob=sealed, EncryptionContext=context
    )
    return SecretStr(answer["Plaintext"].decode())
