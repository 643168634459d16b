"""Runs the journey of docs/start.md with openapi-python-client's client. It reads BASE, KEY and BUCKET."""

import datetime
import os
from http import HTTPStatus

from dropcast_client.api.accounts import list_accounts
from dropcast_client.api.connections import connect
from dropcast_client.api.preflight import preflight
from dropcast_client.api.publishes import edit_publish, publish, show_publish

from dropcast_client import AuthenticatedClient, Client
from dropcast_client.models import (
    ConnectionRequest,
    ConnectionView,
    ErrorAnswer,
    GatewayAnswer,
    PrivacyLevel,
    PublishEdit,
    PublishRequest,
    PublishView,
    ReportView,
    S3Source,
    State,
)

BASE, KEY, BUCKET = (os.environ[name] for name in ("BASE", "KEY", "BUCKET"))
AT = datetime.datetime(2027, 6, 1, 12, tzinfo=datetime.UTC)
client = AuthenticatedClient(base_url=BASE, token=KEY)

link = connect.sync(client=client, body=ConnectionRequest(user_id="me"))
assert isinstance(link, ConnectionView)
assert isinstance(link.expires_at, datetime.datetime)

accounts = list_accounts.sync(client=client, user_id="me")
account_id = accounts.items[0].account_id

asked = PublishRequest(
    account_id=account_id,
    source=S3Source(type_="s3", bucket=BUCKET, key="video.mp4"),
    privacy_level=PrivacyLevel.SELF_ONLY,
    title="Hello #demo",
    allow_comment=True,
    publish_at=AT,
)
report = preflight.sync(client=client, body=asked)
assert isinstance(report, ReportView)

first = publish.sync_detailed(client=client, body=asked, idempotency_key="first")
again = publish.sync_detailed(client=client, body=asked, idempotency_key="first")
assert first.status_code == HTTPStatus.ACCEPTED
assert isinstance(first.parsed, PublishView)
assert again.headers["Idempotency-Replayed"] == "true"
assert again.parsed == first.parsed

later = AT + datetime.timedelta(days=1)
edited = edit_publish.sync(first.parsed.publish_id, client=client, body=PublishEdit(publish_at=later))
assert isinstance(edited, PublishView)
assert edited.publish_at == later
assert (edited.options.title, edited.options.allow_comment) == ("Hello #demo", True)

shown = show_publish.sync_detailed(first.parsed.publish_id, client=client)
assert shown.parsed.state is State.HELD
assert shown.headers["X-Request-Id"]

missing = show_publish.sync("pub_nothing", client=client)
assert isinstance(missing, ErrorAnswer)
assert missing.error.code == "not_found"

for stranger, status in ((Client(base_url=BASE), 401), (AuthenticatedClient(base_url=BASE, token="wrong"), 403)):
    refused = list_accounts.sync_detailed(client=stranger)
    assert refused.status_code == status
    assert isinstance(refused.parsed, GatewayAnswer)
