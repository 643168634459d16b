"""The metrics that the code emits are the metrics that the alarms watch: namespace, name and dimensions.

The test process is not a function of the template. So its dimension `service` is "tests" where the code uses the
function's name. tests/infra/test_functions.py checks that each function has its own name there.
"""

import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from dropcast.errors.problem import problem
from dropcast.events.outbox import relay
from dropcast.events.outbox.outbox_store import Waiting
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.transfer.transfer_speed import emit_speed
from dropcast.tiktok.client import TikTok, post_json
from dropcast.trends.collect import Collected
from dropcast.trends.models import Failed, trend_query
from functions.queue.refresh import handler as refresh
from functions.queue.trends import handler as trends
from functions.workflow.start import handler as start
from tests.alarm_metrics import OWN, Metric, in_embedded_format
from tests.unit.support.functions import context

CAPPED = StepResult(Outcome.HELD, not_before=1_800_000_000, why="reached_active_user_cap")
STARTING = {"publish_id": "pub_1", "execution": "pub_1", "step": {"outcome": "ready"}}
TRENDS = {"run_id": "run_1", "wanted": vars(trend_query("keywords", "US", 7, "ALL")), "not_before": 0}


def message(body: str) -> dict:
    return {
        "Records": [{"messageId": "m", "body": body, "eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}]
    }


def cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "start", lambda *_: CAPPED)
    start.handler(STARTING, context())


def fail_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "refresh_if_due", lambda *_, **__: problem("tiktok_unanswered", reason="timeout"))
    refresh.handler(message('{"account_id": "acc_1"}'), context())


def send_gigabyte(_: pytest.MonkeyPatch) -> None:
    emit_speed(1_000_000_000, 25)


def relay_event(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    def run(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(relay, "_put", lambda batch: {})
        monkeypatch.setattr(relay, "remove_and_count", lambda events: None)
        relay.relay([Waiting("evt_1", name, "{}"), Waiting("evt_2", "publish.published", "{}")])

    return run


def call_tiktok(status: int, code: str) -> Callable[[pytest.MonkeyPatch], None]:
    def run(_: pytest.MonkeyPatch) -> None:
        answer = httpx.Response(status, json={"error": {"code": code, "message": "", "log_id": "1"}})
        http = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
        post_json(TikTok("https://open.tiktokapis.com", http), "/v2/x/", SecretStr("act.canary"), {})

    return run


def fail_source(source: str) -> Callable[[pytest.MonkeyPatch], None]:
    def run(monkeypatch: pytest.MonkeyPatch) -> None:
        collect(monkeypatch, Failed(source, "rate", "HTTP 429"), kind="keywords")  # pyright: ignore[reportArgumentType]

    return run


def lack_kind(kind: str) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: collect(monkeypatch, kind=kind)


def collect(monkeypatch: pytest.MonkeyPatch, *failed: Failed, kind: str) -> None:
    query = trend_query(kind, "US", 7, "ALL")  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(trends, "collect", lambda task: Collected(query, None, 0, failed))
    trends.handler(message(json.dumps(TRENDS)), context())


EMITTERS: dict[str, tuple[str, Callable[[pytest.MonkeyPatch], None]]] = {
    "ActiveUserCap": ("workflow-start", cap),
    "RefreshesFailing": ("queue-refresh", fail_refresh),
    "TransfersSlow": ("workflow-transfer", send_gigabyte),
    "PublishUnknown": ("stream-outbox", relay_event("publish.unknown")),
    "AccountExpiring": ("stream-outbox", relay_event("account.expiring")),
    "BudgetsExhausted": ("schedule-relay", relay_event("budget.exhausted")),
    "TikTokRejects": ("workflow-start", call_tiktok(400, "invalid_param")),
    "TikTokLimits": ("workflow-watch", call_tiktok(429, "rate_limit_exceeded")),
    "TikTokFails": ("http-api", call_tiktok(503, "")),
    "TikTokAccessLost": ("queue-refresh", call_tiktok(401, "access_token_invalid")),
    **{
        f"TrendSource{source.title().replace('_', '')}": ("queue-trends", fail_source(source))
        for source in ("discovery", "creative_center", "ensembledata")
    },
    **{
        f"TrendsNotCollected{kind.title()}": ("queue-trends", lack_kind(kind))
        for kind in ("hashtags", "videos", "music", "keywords")
    },
}


def emitted(output: str, service: str) -> list[Metric]:
    """The metrics in `output`, as those in the log of the function `service`."""
    return [replace(metric, dimensions=own(metric, service)) for metric, _ in in_embedded_format(output.splitlines())]


def own(metric: Metric, service: str) -> frozenset[tuple[str, str]]:
    return frozenset((name, service if value == "tests" else value) for name, value in metric.dimensions)


@pytest.mark.parametrize("alarm", OWN)
def test_the_code_emits_what_the_alarm_watches(alarm, monkeypatch, capfd):
    service, emit = EMITTERS[alarm]

    emit(monkeypatch)

    assert OWN[alarm] in emitted(capfd.readouterr().out, service)


def test_an_event_that_no_alarm_watches_is_not_counted(monkeypatch, capfd):
    relay_event("publish.failed")(monkeypatch)

    assert emitted(capfd.readouterr().out, "stream-outbox") == []


@pytest.mark.parametrize("code", ["ok", "spam_risk_text", "privacy_level_option_mismatch", "invalid_publish_id"])
def test_an_answer_that_no_operator_can_change_is_not_counted(code, monkeypatch, capfd):
    call_tiktok(200, code)(monkeypatch)

    assert emitted(capfd.readouterr().out, "http-api") == []


def test_a_short_transfer_is_not_measured(capfd):
    emit_speed(49_999_999, 1)

    assert capfd.readouterr().out == ""


def test_outside_of_a_function_nothing_is_emitted(monkeypatch, capfd):
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")

    send_gigabyte(monkeypatch)

    assert capfd.readouterr().out == ""
