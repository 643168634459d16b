"""Publishes a video from your backend and waits for TikTok's verdict: python publish.py VIDEO ACCOUNT_ID ORDER_ID."""

import os
import sys

from dropcast_client import Dropcast, PublishRequest

video, account_id, order_id = sys.argv[1:]
with Dropcast(os.environ["DROPCAST_URL"], os.environ["DROPCAST_API_KEY"]) as dropcast:
    source = dropcast.upload_file(video, account_id)
    request = PublishRequest(account_id=account_id, source=source, privacy_level="SELF_ONLY", reference=order_id)
    publish = dropcast.publish(request, idempotency_key=order_id)  # a second publish for the order is refused
    publish = dropcast.wait(publish.publish_id)
print(publish.state, publish.post_urls, publish.error)
