"""URLs for TikTok's pulls: CloudFront accepts their signatures, for one object and for a limited time."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from dropcast import clock
from dropcast.publishing.model.publish import Photo, Source
from dropcast.publishing.photos.signed_urls import MEDIA_URL_S, media_url
from dropcast.publishing.photos.signing_key import _signing_key, ensure_public_key
from dropcast.settings import settings
from tests.unit.publishing.conftest import BUCKET
from tests.unit.support.memory_aws import maker

MEDIA_URL = "https://media.example"
VIDEO = Source(bucket=BUCKET, key="in/a.mp4", version_id="v1", content_type="video/mp4")


@pytest.fixture
def empty_secret(cloud, monkeypatch) -> str:
    made = maker("secretsmanager").create_secret(Name="media", SecretString="a placeholder")
    for name, value in {"MEDIA_URL": MEDIA_URL, "MEDIA_KEY_ID": "K1", "MEDIA_KEY_ARN": made["ARN"]}.items():
        monkeypatch.setenv(name, value)
    for cached in (settings, _signing_key):
        cached.cache_clear()
    return made["ARN"]


@pytest.fixture
def secret(empty_secret) -> str:
    ensure_public_key(empty_secret)
    return empty_secret


def opened(url: str, pem: str) -> tuple[str, int]:
    """The resource and the end time in a canned policy. InvalidSignature if the URL has another signature."""
    bare, _, query = url.partition("?")
    parts = [part for part in query.split("&") if part.split("=")[0] not in ("Expires", "Signature", "Key-Pair-Id")]
    given = {name: values[0] for name, values in parse_qs(query).items()}
    resource = bare + ("?" + "&".join(parts) if parts else "")
    until = int(given["Expires"])
    condition = {"DateLessThan": {"AWS:EpochTime": until}}
    policy = json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":"))
    signature = base64.b64decode(given["Signature"].translate(str.maketrans("-_~", "+=/")))
    load_pem_public_key(pem.encode()).verify(signature, policy.encode(), PKCS1v15(), SHA1())  # pyright: ignore
    return resource, until


def test_the_first_use_creates_the_key_and_the_next_finds_it(empty_secret):
    first, second = ensure_public_key(empty_secret), ensure_public_key(empty_secret)

    assert first == second
    assert first.pem.startswith("-----BEGIN PUBLIC KEY-----")


def test_a_video_is_served_in_its_version_with_its_type(secret):
    with time_machine.travel(1_800_000_000, tick=False):
        url = media_url(VIDEO, lives_seconds=60).get_secret_value()

    resource, until = opened(url, ensure_public_key(secret).pem)
    assert until == 1_800_000_060
    assert resource == f"{MEDIA_URL}/in/a.mp4?response-content-type=video%2Fmp4&versionId=v1"
    assert parse_qs(urlsplit(url).query)["Key-Pair-Id"] == ["K1"]


def test_a_photo_is_served_as_it_was_prepared(secret):
    photo = Photo(bucket="another", key="a.png", version_id="v1", prepared_key="media/pub_1/0-a.jpg")

    resource, _ = opened(media_url(photo).get_secret_value(), ensure_public_key(secret).pem)

    assert resource == f"{MEDIA_URL}/media/pub_1/0-a.jpg"


def test_a_url_is_valid_an_hour_longer_than_the_longest_pull(secret):
    with time_machine.travel(1_800_000_000, tick=False):
        _, until = opened(media_url(VIDEO).get_secret_value(), ensure_public_key(secret).pem)

        assert until - clock.now() == MEDIA_URL_S == 2 * 3600


@pytest.mark.parametrize("key", ["in/a b+c&d=e?f#g%41.mp4", "in/ä/😀.mp4", "in//a/../b.mp4"])
def test_any_key_is_one_path_segment(secret, key):
    url = media_url(VIDEO.model_copy(update={"key": key})).get_secret_value()

    resource, _ = opened(url, ensure_public_key(secret).pem)
    assert urlsplit(resource).query == "response-content-type=video%2Fmp4&versionId=v1"
    assert urlsplit(resource).fragment == ""
    assert url.isascii()


def test_a_signature_is_not_valid_for_another_object(secret):
    url = media_url(VIDEO).get_secret_value().replace("/in/a.mp4", "/in/b.mp4")

    with pytest.raises(InvalidSignature):
        opened(url, ensure_public_key(secret).pem)


def test_an_object_outside_our_bucket_has_no_url(secret):
    elsewhere = VIDEO.model_copy(update={"bucket": "another"})
    unprepared = Photo(bucket=BUCKET, key="a.png")

    for source in (elsewhere, unprepared):
        with pytest.raises(ValueError, match="not"):
            media_url(source)


def test_a_url_is_not_shown_by_repr(secret):
    assert "Signature" not in repr(media_url(VIDEO))
