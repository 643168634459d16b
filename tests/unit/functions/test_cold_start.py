"""Counts the modules that a function imports before its first event, because a count varies less than a time."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]
# The HTTP client, unused SDKs, and libraries for pictures, media, cryptography and templates.
HEAVY = ["boto3", "s3transfer", "aws_xray_sdk", "httpx", "cryptography", "PIL", "pi_heif", "pymediainfo", "jinja2"]
NEEDED = {
    "http/connect": {"httpx"},
    "http/console": {"jinja2"},
    "workflow/start": {"httpx"},
    "workflow/transfer": {"httpx"},
    "workflow/pictures": {"PIL", "pi_heif"},
    "deploy/keypair": {"httpx", "cryptography"},
}
PLACES = sorted(str(file.parent.relative_to(ROOT / "functions")) for file in (ROOT / "functions").rglob("handler.py"))


# The models of requests and of TikTok's answers, and the TikTok clients: each takes milliseconds to import.
REQUEST, CLIENT, ANSWERS = "dropcast.publishing.model.request", "dropcast.tiktok.client", "dropcast.tiktok.models"
# Modules that POST /v1/publishes does not need.
OTHER_ROUTES = ["api.accounts", "api.comments", "api.publish_actions", "api.trends", "api.webhook_endpoints"]
# Modules that the console's first page does not need.
OTHER_PAGES = ["console.account_page", "console.post_page", "console.publishes", "console.comments", "console.embeds"]
UNUSED = {
    "http/authorizer": ["pydantic", "dropcast.errors.problem"],
    "http/api": [*OTHER_ROUTES, "dropcast.media.video.probe", "dropcast.trends.models", CLIENT, ANSWERS],
    "http/console": [*OTHER_PAGES, REQUEST, "dropcast.media.video.probe", "dropcast.trends.models"],
    "workflow/prepare": [REQUEST, CLIENT, ANSWERS],
    "workflow/start": [REQUEST],
    "workflow/transfer": [REQUEST],
    "workflow/watch": [REQUEST],
    "workflow/decide": [REQUEST, CLIENT, ANSWERS],
    "workflow/settle": [REQUEST, CLIENT, ANSWERS],
    "http/webhook": [REQUEST, CLIENT, ANSWERS],
    "queue/webhook": [REQUEST],
}


@pytest.mark.parametrize("place", PLACES)
def test_a_function_imports_only_what_it_uses(place):
    loaded = loaded_by(place) & set(HEAVY)

    assert loaded <= NEEDED.get(place, set())


@pytest.mark.parametrize("place", UNUSED)
def test_a_function_does_not_import_unused_models_and_clients(place):
    loaded = loaded_by(place) & set(UNUSED[place])

    assert loaded == set()


@cache
def loaded_by(place: str) -> set[str]:
    """The modules that the handler at `place` imports."""
    trigger, package = place.split("/")
    program = f"import sys, {package}.handler; print(list(sys.modules))"
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "functions" / trigger), str(ROOT / "layers/dropcast/python")]),
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    return set(eval(done.stdout))
