"""Measures the latency of events to webhook endpoints while another endpoint is dead: `BENCH=webhooks make bench`.

The benchmark runs the real layer with threads, queues and workers, as in a deployment. AWS is in memory and counts its
calls. The receivers run in another process on this machine's loopback. All events arrive at once, and the workers share
this machine's cores. So most of a latency here is the wait for a core. Lambda functions do not share cores.
BENCH_ARGS="--events 5000" runs the whole load (many minutes).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

from bench.hooks_memory import Key, Queues, Tables
from dropcast import ids
from dropcast.aws import clients
from dropcast.aws.parallel_batch import failures_of
from dropcast.events.deliveries import deliver, delivery_queue, fan_out
from dropcast.events.endpoints import endpoint_secrets, endpoints
from dropcast.events.endpoints.endpoint_store import all_endpoints
from dropcast.events.outbound.outbound_post import NoAnswer, ReceiverAnswer, post
from dropcast.settings import settings

# As in infra/webhook_deliveries.py.
BATCH, EVENT_WORKERS, DELIVERY_WORKERS = 10, 5, 20
NAME = "publish.published"
DATA = {"publish_id": "pub_1", "state": "published", "history": [{"at": "2026-11-21T11:00:00Z", "state": "queued"}] * 6}


@dataclass
class Outcome:
    """The result of a run: for live deliveries the seconds from each event to its answer, the AWS calls by name, and
    the number of calls to the dead endpoint.
    """

    latencies: list[float]
    calls: Counter[str]
    dead_calls: int


class Run:
    """Sends `events` events at once to `live` endpoints, and to one more at `other`."""

    def __init__(self, events: int, live: int, address: str, other: str) -> None:
        self.calls: Counter[str] = Counter()
        self.queues = Queues(self.calls)
        self.clients = {"dynamodb": Tables(self.calls), "sqs": self.queues, "kms": Key(self.calls)}
        self.events, self.live, self.address, self.other = events, live, address, other
        self.began: dict[str, float] = {}
        self.latencies: list[float] = []
        self.dead_calls = 0
        self.done, self.lock = Event(), Lock()

    def go(self) -> Outcome:
        clients.client = lambda service, also=None: self.clients[service]  # type: ignore[assignment]
        deliver.post = self.post
        endpoint_secrets.forget()
        for number in range(self.live):
            endpoints.create(f"{self.address}/{number}", ["*"], "")
        endpoints.create(f"{self.other}/other", ["*"], "")
        self.calls.clear()
        for _ in range(self.events):
            event_id = ids.new_id("evt")
            self.began[event_id] = time.monotonic()
            body = {"event_id": event_id, "event": NAME, "at": "2026-11-21T11:00:00Z", "data": DATA}
            self.queues.send("events", json.dumps(body))
        workers = [self.worker("events", self.take_events) for _ in range(EVENT_WORKERS)]
        for queue in ("deliveries", "slow"):
            workers += [self.worker(queue, self.take_deliveries) for _ in range(DELIVERY_WORKERS)]
        self.done.wait()
        for worker in workers:
            worker.join()
        return Outcome(self.latencies, self.calls, self.dead_calls)

    def worker(self, queue: str, take: Callable[[list[dict[str, Any]]], Any]) -> Thread:
        """Run one Lambda, batch by batch."""

        def work() -> None:
            while not self.done.is_set():
                if bodies := self.queues.take(queue, BATCH):
                    answer = take([{"messageId": str(place), "body": body} for place, body in enumerate(bodies)])
                    assert answer == {"batchItemFailures": []}, answer

        thread = Thread(target=work)
        thread.start()
        return thread

    def take_events(self, records: list[dict[str, Any]]) -> Any:
        known = all_endpoints()
        return failures_of(
            records, lambda one: _ignore(fan_out.fan_out(json.loads(one["body"])["event_id"], NAME, one["body"], known))
        )

    def take_deliveries(self, records: list[dict[str, Any]]) -> Any:
        def one(record: dict[str, Any]) -> None:
            wanted = delivery_queue.read(record["body"])
            deliver.deliver(wanted)

        return failures_of(records, one)

    def post(self, url: str, headers: dict[str, str], body: bytes, *, seconds: float = 10) -> ReceiverAnswer | NoAnswer:
        answer = post(url, headers, body, seconds=seconds)
        at = time.monotonic()
        with self.lock:
            if url.endswith("/other"):
                self.dead_calls += 1
                return answer
            assert isinstance(answer, ReceiverAnswer), answer
            self.latencies.append(at - self.began[headers["webhook-id"]])
            if len(self.latencies) == self.live * self.events:
                self.done.set()
        return answer


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wish.add_argument("--events", type=int, default=150)
    wish.add_argument("--endpoints", type=int, default=20, help="how many endpoints, at most 49; one of them is dead")
    chosen = wish.parse_args()
    with subprocess.Popen([sys.executable, "-m", "bench.receivers"], stdout=subprocess.PIPE, text=True) as receivers:
        assert receivers.stdout is not None
        live, hangs, closed = (f"http://127.0.0.1:{port}" for port in receivers.stdout.readline().split())
        os.environ["OUTBOUND_ALLOWED_ORIGINS"] = f"{live},{hangs},{closed}"
        os.environ |= {
            "HOOKS_TABLE": "hooks",
            "DELIVERIES_QUEUE_URL": "deliveries",
            "SLOW_DELIVERIES_QUEUE_URL": "slow",
            "KMS_KEY_ID": "key",
        }
        settings.cache_clear()
        try:
            _run_and_print(chosen.events, chosen.endpoints - 1, live, {"no answer": hangs, "refuses": closed})
        finally:
            receivers.terminate()


def _run_and_print(events: int, live: int, address: str, dead: dict[str, str]) -> None:
    """Run all cases and print the results."""
    print(
        f"{events:,} events at once to {live} healthy endpoints and one more, in memory, {live * events:,} deliveries"
    )
    print(f"  {'additional one':14}{'median':>9}{'p99':>9}{'last':>9}  healthy ones, s    calls to it")
    Run(1, live, address, address).go()  # warms everything up
    base = Run(events, live, address, address).go()
    _line("is healthy", base)
    for how, at in dead.items():
        outcome = Run(events, live, address, at).go()
        _line(how, outcome)
        ratios = [one / other for one, other in zip(_spread(outcome), _spread(base), strict=True)]
        print(f"  {'':14}" + "".join(f"{ratio:>8.2f}x" for ratio in ratios))
    print("AWS calls if all endpoints are healthy")
    for call, number in base.calls.most_common():
        print(f"  {call:18}{number:>9,}{number / events:>9.2f} an event{number / events / (live + 1):>8.3f} a delivery")


def _line(how: str, outcome: Outcome) -> None:
    print(
        f"  {how:14}" + "".join(f"{value:>9.2f}" for value in _spread(outcome)) + f"{outcome.dead_calls:>33,}",
        flush=True,
    )


def _spread(outcome: Outcome) -> tuple[float, float, float]:
    parts = statistics.quantiles(outcome.latencies, n=100)
    return parts[49], parts[98], max(outcome.latencies)


def _ignore(_: object) -> None:
    """An empty callback for failures_of."""


if __name__ == "__main__":
    main()
