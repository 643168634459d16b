"""One whole stack for all tests of a run. Each test starts with the sandbox's initial settings."""

import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from dropcast.settings import Settings
from local.options import Options
from local.processes import free_port
from local.stack import LocalStack, local_stack
from local.stack_client import StackClient
from tests.e2e.bus import Bus
from tests.e2e.canaries import Watch
from tests.e2e.chromium import chromium as chromium
from tests.e2e.receiver import Receivers
from tests.e2e.road import CHUNK, Videos
from tests.permissions.record import note_test
from tests.permissions.recording import recording

RETURN_TO_ORIGIN = "https://app.example"
# For a browser this is a different site from the stack's 127.0.0.1.
SITE_PORT = free_port()
SITE = f"http://localhost:{SITE_PORT}"
GRANTED_BUCKET = "granted-videos"
# The web server that docs/publish.md starts beside a video.
SERVED_BY_A_PAGE = "http://127.0.0.1:8902/"
SCOPES = "user.info.basic,user.info.profile,video.list,video.publish,video.upload"
TRENDS = {
    Settings.trend_countries: "US,DE,FR,GB,ES,IT,NL,PL,SE,NO,BR,MX,CA,AU,JP,KR,ID,TH,VN,PH",
    Settings.trend_kinds: "hashtags,videos",
    Settings.trend_keywords: "tea",
    Settings.creative_center: "on",
    Settings.ensembledata_units_per_day: "100000",
}
_SECRETS = {"client_secret", "business_secret", "ensembledata_token"}


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all tests on two stacks, whatever the number of workers. The test that searches for secrets runs last."""
    items.sort(key=lambda item: item.path.name == "test_canaries.py")
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    sharing = [item for item in here if "stack" in getattr(item, "fixturenames", ())]
    files = sorted({item.path for item in sharing})
    for item in sharing:
        item.add_marker(pytest.mark.xdist_group(f"stack-{files.index(item.path) % 2}"))


@pytest.fixture(scope="session")
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


@pytest.fixture(scope="session")
def calls() -> Iterator[Path]:
    """The record of the AWS calls of the stack's functions. Fails at the end if IAM would deny one of them."""
    with recording("the start of the stack") as calls:
        yield calls


@pytest.fixture(scope="session")
def stack(receivers: Receivers, calls: Path) -> Iterator[LocalStack]:
    settings = {
        Settings.upload_chunk_bytes: str(CHUNK),
        Settings.return_to_origins: f"{RETURN_TO_ORIGIN},{SITE}",
        Settings.outbound_allowed_origins: receivers.origin,
        Settings.tiktok_scopes: SCOPES,
        Settings.source_buckets: f"arn:aws:s3:::{GRANTED_BUCKET}",
        Settings.verified_urls: SERVED_BY_A_PAGE,
        **TRENDS,
    }
    with local_stack(options=Options(settings=settings), record=calls) as running:
        yield running


@pytest.fixture(scope="session")
def watch(stack: LocalStack) -> Iterator[Watch]:
    """Search every worker's stack for secrets after its last test."""
    with pytest.MonkeyPatch.context() as patch:
        watch = Watch(stack, patch)
        yield watch
        found = watch.found(watch.secrets(), watch.places())
    assert found == set()


@pytest.fixture(scope="session")
def _settings_at_start(stack: LocalStack) -> dict[str, Any]:
    settings = httpx.get(f"{stack.sandbox_url}/_sandbox/settings").raise_for_status().json()
    return {name: value for name, value in settings.items() if name not in _SECRETS}


_tls_context = cache(httpx.create_ssl_context)


@pytest.fixture(scope="module", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Create httpx's TLS context once.

    Each call of httpx.get creates a client, and each client would read all root certificates for twenty milliseconds.
    These tests make thousands of calls, all in plain HTTP.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx._transports.default, "create_ssl_context", _tls_context)
        yield


@pytest.fixture(autouse=True)
def _sandbox_as_at_start(request: pytest.FixtureRequest) -> None:
    """Remove the faults and settings of the previous test. Creators, posts and the journal stay."""
    if "stack" in request.fixturenames:
        request.getfixturevalue("watch")
        note_test(request.getfixturevalue("calls"), request.node.nodeid)
        admin = f"{request.getfixturevalue('stack').sandbox_url}/_sandbox"
        httpx.delete(f"{admin}/faults").raise_for_status()
        settings = request.getfixturevalue("_settings_at_start")
        httpx.patch(f"{admin}/settings", json=settings).raise_for_status()


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Videos:
    return Videos(tmp_path_factory.mktemp("videos"))


@pytest.fixture(scope="session")
def events(stack: LocalStack) -> Bus:
    return Bus.tapped(stack)


@pytest.fixture
def journey(stack: LocalStack) -> StackClient:
    journey = StackClient(stack)
    settings = {"unaudited_active_users": 100_000, "processing_seconds": 1, "webhook_retry_seconds": 0.2}
    journey.sandbox("PATCH", "/settings", json=settings)
    return journey


@pytest.fixture
def account(journey: StackClient) -> str:
    name = f"creator-{secrets.token_hex(4)}"
    return journey.connect(name, user_id=name, private=True)
