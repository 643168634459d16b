"""Secrets at rest: direct KMS Encrypt and Decrypt, each bound to its place by an encryption context."""

from pydantic import SecretStr


def seal(text: SecretStr, context: dict[str, str]) -> bytes:
    """`text` (at most 4096 bytes) as ciphertext that opens only with the same `context`."""
    raise NotImplementedError


def unseal(sealed: bytes, context: dict[str, str]) -> SecretStr:
    """The text of `sealed`. Another context, or a changed ciphertext, is a ClientError of KMS."""
    raise NotImplementedError
