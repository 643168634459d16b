import pytest
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast.aws import vault

CONTEXT = {"account": "acc_1", "kind": "access_token", "version": "3"}


def test_a_secret_decrypts_with_its_own_context(cloud):
    sealed = vault.seal(SecretStr("act.canary"), CONTEXT)

    opened = vault.unseal(sealed, CONTEXT)

    assert opened.get_secret_value() == "act.canary"
    assert b"canary" not in sealed


@pytest.mark.parametrize(
    "other",
    [
        CONTEXT | {"account": "acc_2"},
        CONTEXT | {"kind": "refresh_token"},
        CONTEXT | {"version": "4"},
        {"publish": "pub_1", "kind": "upload_url"},
        {},
    ],
)
def test_a_secret_does_not_decrypt_with_another_context(cloud, other):
    sealed = vault.seal(SecretStr("act.canary"), CONTEXT)

    with pytest.raises(ClientError, match="InvalidCiphertext"):
        vault.unseal(sealed, other)


@pytest.mark.parametrize("position", [-1, -20])
def test_a_changed_ciphertext_does_not_decrypt(cloud, position):
    sealed = bytearray(vault.seal(SecretStr("act.canary"), CONTEXT))
    sealed[position] ^= 1

    with pytest.raises(ClientError, match="InvalidCiphertext"):
        vault.unseal(bytes(sealed), CONTEXT)


def test_an_upload_url_can_be_encrypted_for_its_publish(cloud):
    context = {"publish": "pub_1", "kind": "upload_url"}

    sealed = vault.seal(SecretStr("https://upload.example/?token=canary"), context)

    assert vault.unseal(sealed, context).get_secret_value() == "https://upload.example/?token=canary"
