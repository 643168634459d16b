"""Media URLs on the local stack: signed with the stack's own key, and served like CloudFront."""

import io
import secrets
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from local.stack import LocalStack

BODY = bytes(range(256)) * 400


@pytest.fixture
def key(stack: LocalStack) -> str:
    name = f"media/{secrets.token_hex(4)}/a b+c.jpg"
    stack.client("s3").upload_fileobj(io.BytesIO(BODY), stack.bucket, name, ExtraArgs={"ContentType": "image/jpeg"})
    return name


def signed(stack: LocalStack, path: str, *, lives: int = 60) -> str:
    """Sign a URL like workflow/start, with its key and key id."""
    secret = stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["MediaKeyArn"])["SecretString"]
    signer = stack.client("lambda").get_function_configuration(FunctionName=stack.function_name("workflow-start"))
    private = load_pem_private_key(secret.encode(), None)
    assert isinstance(private, RSAPrivateKey)
    variables = signer["Environment"]["Variables"]
    make = CloudFrontSigner(variables["MEDIA_KEY_ID"], lambda message: private.sign(message, PKCS1v15(), SHA1()))
    until = datetime.fromtimestamp(int(time.time()) + lives, UTC)
    return make.generate_presigned_url(f"{variables['MEDIA_URL']}{path}", date_less_than=until)


def path_of(key: str) -> str:
    return "/" + key.replace(" ", "%20").replace("+", "%2B")


def fetch(method: str, url: str, **request: Any) -> httpx.Response:
    return httpx.request(method, url, follow_redirects=False, trust_env=False, **request)


def test_a_signed_url_returns_the_whole_object_with_its_type(stack, key):
    answer = fetch("GET", signed(stack, path_of(key)))

    assert (answer.status_code, answer.content) == (200, BODY)
    assert (answer.headers["content-type"], answer.headers["content-length"]) == ("image/jpeg", str(len(BODY)))


def test_head_returns_the_same_headers_without_the_body(stack, key):
    answer = fetch("HEAD", signed(stack, path_of(key)))

    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["content-type"], answer.headers["content-length"]) == ("image/jpeg", str(len(BODY)))


def test_a_range_returns_only_these_bytes(stack, key):
    answer = fetch("GET", signed(stack, path_of(key)), headers={"range": "bytes=100-299"})

    assert (answer.status_code, answer.content) == (206, BODY[100:300])
    assert answer.headers["content-range"] == f"bytes 100-299/{len(BODY)}"


def test_an_older_version_is_served_with_the_signed_type(stack, key):
    s3 = stack.client("s3")
    version = s3.head_object(Bucket=stack.bucket, Key=key)["VersionId"]
    s3.put_object(Bucket=stack.bucket, Key=key, Body=b"newer")

    path = f"{path_of(key)}?response-content-type=video%2Fmp4&versionId={version}"
    answer = fetch("GET", signed(stack, path))

    assert (answer.content, answer.headers["content-type"]) == (BODY, "video/mp4")


def test_an_unsigned_request_gets_no_object(stack, key):
    assert fetch("GET", f"{stack.media_url}{path_of(key)}").status_code == 403
    assert fetch("GET", signed(stack, path_of(key), lives=-1)).status_code == 403
    assert fetch("PUT", signed(stack, path_of(key)), content=b"mine").status_code == 403


def test_a_missing_object_looks_like_a_forbidden_one(stack):
    assert fetch("GET", signed(stack, "/media/nobody/0.jpg")).status_code == 403


def test_tiktoks_verification_file_is_public(stack):
    name, text = f"tiktok{secrets.token_hex(8)}.txt", b"tiktok-developers-site-verification=abc"
    stack.client("s3").put_object(Bucket=stack.bucket, Key=f"public/{name}", Body=text, ContentType="text/plain")

    answer = fetch("GET", f"{stack.media_url}/{name}")

    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, text, "text/plain")
