"""The secrets of a run, and all places that must not contain them."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from local.stack import LocalStack
from tests.e2e.bus import Bus


class Watch:
    """Records all answers and events of a stack, and searches everything that the stack wrote for secrets."""

    def __init__(self, stack: LocalStack, patch: pytest.MonkeyPatch) -> None:
        self.stack = stack
        self.bus = Bus.tapped(stack)
        self.answers: list[str] = []
        send = httpx.Client.send

        def heard(client: httpx.Client, request: httpx.Request, **how: Any) -> httpx.Response:
            response = send(client, request, **how)
            if str(request.url).startswith((stack.base_url, stack.public_url)) and not how.get("stream"):
                self.answers.append(f"{request.method} {request.url.path} {response.headers} {response.text}")
            return response

        patch.setattr(httpx.Client, "send", heard)

    def secrets(self) -> dict[str, str]:
        """The secrets that must appear nowhere, by their kind: TikTok's codes and tokens as they were issued."""
        issued = httpx.get(f"{self.stack.sandbox_url}/_sandbox/issued", timeout=30).raise_for_status().json()["items"]
        settings = httpx.get(f"{self.stack.sandbox_url}/_sandbox/settings", timeout=30).raise_for_status().json()
        names = {
            "AppSecretArn": ("client_secret",),
            "PartnerSecretArn": ("business_secret", "ensembledata_token"),
        }
        kept = {name: self._kept(arn)[name] for arn, wanted in names.items() for name in wanted}
        assert [name for name, value in kept.items() if settings[name] == value] == [], "the sandbox shows its secrets"
        ours = {value: name for name, value in kept.items()} | {self.stack.api_key: "api_key"}
        return {one["value"]: one["kind"] for one in issued} | ours | self._of_media()

    def _kept(self, output: str) -> dict[str, str]:
        secret = self.stack.client("secretsmanager").get_secret_value(SecretId=self.stack.outputs[output])
        return json.loads(secret["SecretString"])

    def _of_media(self) -> dict[str, str]:
        """The key that signs media URLs, and the signatures of the URLs that TikTok received."""
        asked = httpx.get(f"{self.stack.sandbox_url}/_sandbox/posts", timeout=30).raise_for_status().json()["items"]
        sources = [post["source_info"] for post in asked]
        urls = [url for one in sources for url in [*one.get("photo_images", []), one.get("video_url", "")]]
        signed = {found[1]: "media signature" for url in urls if (found := re.search(r"Signature=([^&]+)", url))}
        key = self.stack.client("secretsmanager").get_secret_value(SecretId=self.stack.outputs["MediaKeyArn"])
        return signed | dict.fromkeys(key["SecretString"].splitlines()[1:3], "media key")

    def places(self) -> dict[str, str]:
        """Everything that the stack wrote or answered, by its place."""
        return {
            "the log file": self.stack.log_file.read_text(errors="replace"),
            "logs": "\n".join(self._logs()),
            "histories": "\n".join(self._histories()),
            "events": "\n".join(json.dumps(event) for event in self.bus.all()),
            "dead letters": "\n".join(self._dead_letters()),
            "answers": "\n".join(self.answers),
            **{f"rows of {name}": rows for name, rows in self._rows()},
        }

    def found(self, secrets: dict[str, str], places: dict[str, str]) -> set[str]:
        """The kinds of secrets that each place contains, in plain text or as part of an address."""
        answers = places["answers"]
        told = dict.fromkeys(re.findall(r"X-Amz-Signature=(\w+)", answers), "upload signature")
        told |= dict.fromkeys(re.findall(r"whsec_([\w+/=]+)", answers), "webhook secret")
        told |= dict.fromkeys(re.findall(r"/embed/\w+#([\w-]+)", answers), "link of an embed")
        told |= dict.fromkeys(re.findall(r"/console/enter#([\w-]+)", answers), "sign-in link")
        everywhere = {f"{kind} in {place}" for place, text in places.items() for kind in kinds_in(text, secrets)}
        # this answer returns upload URLs or a new secret, which may not appear anywhere else
        others = {place: text for place, text in places.items() if place != "answers"}
        return everywhere | {f"{kind} in {place}" for place, text in others.items() for kind in kinds_in(text, told)}

    def _logs(self) -> Iterator[str]:
        logs = self.stack.client("logs")
        for page in logs.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                events = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
                yield from (event["message"] for one in events for event in one["events"])

    def _histories(self) -> Iterator[str]:
        for execution in self.stack.executions():
            yield json.dumps([execution, self.stack.history(execution)], default=str)

    def _rows(self) -> Iterator[tuple[str, str]]:
        # Encrypted attributes are searched too, because they must not contain plain text.
        for name, table in self.stack.outputs.items():
            if name.endswith("Table"):
                pages = self.stack.client("dynamodb").get_paginator("scan").paginate(TableName=table)
                yield name, "\n".join(str(item) for page in pages for item in page["Items"])

    def _dead_letters(self) -> Iterator[str]:
        sqs = self.stack.client("sqs")
        for url in sqs.list_queues().get("QueueUrls", []):
            if url.endswith("-failed"):
                received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
                yield from (message["Body"] for message in received.get("Messages", []))


def kinds_in(text: str, secrets: dict[str, str]) -> set[str]:
    """The kinds of the `secrets` that appear in `text`."""
    return {kind for value, kind in secrets.items() if value in text or quote(value, safe="") in text}
