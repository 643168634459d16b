"""Measures the imports and clients of functions in cold processes.

`BENCH=cold make bench` writes the table of docs/performance.md if it measures every function. The reference is a
function with common imports: powertools' logger, tracer, metrics, event handler and parser, boto3 with five clients,
and httpx with a client, all at the start. The runs are interleaved, and the results are medians. The reference runs
twice: with Lambda's own variables, like all others, and without them. Without these variables the X-Ray SDK creates a
client at its import. The libraries that Dropcast's functions need are also measured alone, because no function can
start faster than its libraries.
"""

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = "reference"
PLAIN = "reference, no Lambda around it"
IN_LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "LAMBDA_TASK_ROOT": str(ROOT),
    "_X_AMZN_TRACE_ID": "Root=1-0-0;Parent=0;Sampled=0",
}
# The functions of a publish and the console's first page, and the AWS services and clients that each uses normally.
PUBLISH_PATH: dict[str, list[str]] = {
    "http/authorizer": ["dynamodb", "secretsmanager"],
    "http/api": ["dynamodb", "stepfunctions", "s3"],
    "http/console": ["dynamodb", "secretsmanager"],
    "storage/drop": ["dynamodb", "s3", "stepfunctions"],
    "workflow/prepare": ["dynamodb", "s3"],
    "workflow/start": ["dynamodb", "kms", "tiktok"],
    "workflow/transfer": ["dynamodb", "kms", "s3", "upload"],
    "workflow/watch": ["dynamodb", "kms", "tiktok"],
    "workflow/decide": ["dynamodb"],
    "workflow/settle": ["dynamodb"],
    "http/webhook": ["secretsmanager", "sqs"],
    "queue/webhook": ["dynamodb", "stepfunctions"],
    "stream/outbox": ["dynamodb", "events"],
}
RUNTIME_HAS = ["boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six", "jmespath", "aws_xray_sdk", "wrapt"]
HEAVY = ["httpx", "boto3", "aws_xray_sdk", "PIL", "pymediainfo", "cryptography", "jinja2", "requests"]


def reference() -> None:
    """Do what a typical function does before its first event."""
    import boto3
    import httpx
    from aws_lambda_powertools import Logger, Metrics, Tracer
    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
    from aws_lambda_powertools.utilities.parser import BaseModel, event_parser, parse

    Logger(), Metrics(), Tracer(), APIGatewayHttpResolver(enable_validation=True)
    assert all((BaseModel, event_parser, parse))
    for service in ("dynamodb", "s3", "kms", "secretsmanager", "stepfunctions"):
        boto3.client(service)
    httpx.Client()


def logger() -> None:
    from aws_lambda_powertools import Logger

    Logger()


def pydantic() -> None:
    from pydantic import create_model

    create_model("Row", name=(str, ...))(name="")


def botocore() -> None:
    from dropcast.aws import clients

    clients.client("dynamodb")


def http() -> None:
    import httpx

    httpx.Client()


def common_needs() -> None:
    for need in (logger, pydantic, botocore):
        need()


# Packages from Dropcast's layers. Every function needs the first three. A function that calls TikTok also needs the
# fourth.
LIBRARIES: dict[str, Callable[[], None]] = {
    "only powertools' logger": logger,
    "only pydantic and a model": pydantic,
    "only botocore and a client": botocore,
    "only httpx and a client": http,
    "logger, pydantic and botocore": common_needs,
}


def ours(place: str) -> None:
    """Import the handler of `place` and create the clients of its first event."""
    trigger, package = place.split("/")
    sys.path.insert(0, str(ROOT / "functions" / trigger))
    assert importlib.import_module(f"{package}.handler").handler
    from dropcast.aws import clients

    if publish := sys.modules.get("dropcast.publishing.model.publish"):
        publish.Publish.model_rebuild()  # every function that imports the row also reads a row
    for service in PUBLISH_PATH[place]:
        if service == "tiktok":
            from dropcast.accounts.tiktok_app import tiktok

            _ = tiktok().http
        elif service == "upload":
            from dropcast.publishing.transfer.transfer import _http  # pyright: ignore[reportPrivateUsage]

            _http()
        else:
            clients.client(service)


def paths_of_reference(folder: Path) -> list[str]:
    """The whole SDK, as in Lambda's runtime, and then the layers.

    The processes run with Python's option -S, which hides this environment's other packages.
    """
    for name in RUNTIME_HAS:
        module = importlib.util.find_spec(name)
        assert module is not None
        assert module.origin is not None
        origin = Path(module.origin)
        found = origin.parent if origin.name == "__init__.py" else origin
        (folder / found.name).symlink_to(found)
    return [str(folder), *paths_of_ours()]


def paths_of_ours() -> list[str]:
    """The deployed layers, built for this machine's processor, with bytecode."""
    from infra.layers import console, library, wheels

    packages = wheels(ROOT, "host", "dependencies"), wheels(ROOT, "host", "media"), console(ROOT, "host")
    layers = *packages, library(ROOT, "host")
    return [str(layer / "python") for layer in layers]


def one(place: str, paths: list[str]) -> dict[str, Any]:
    """Run one cold process; return its seconds and its MiB of memory at the end."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(paths),
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Bench",
        **({} if place == PLAIN else IN_LAMBDA),
    }
    done = subprocess.run(
        [sys.executable, "-S", str(Path(__file__)), "--child", place],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(done.stdout.splitlines()[-1])


def child(place: str) -> None:
    began, used = time.perf_counter(), time.process_time()
    if place in (REFERENCE, PLAIN):
        reference()
    elif place in LIBRARIES:
        LIBRARIES[place]()
    else:
        ours(place)
    seconds, used = time.perf_counter() - began, time.process_time() - used
    heavy = [name for name in HEAVY if name in sys.modules]
    resident = int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024
    print(json.dumps({"seconds": seconds, "cpu": used, "mib": resident, "modules": len(sys.modules), "heavy": heavy}))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the imports and clients of functions in cold processes.")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", nargs="*", choices=list(PUBLISH_PATH))
    parser.add_argument("--child", default="")
    given = parser.parse_args()
    if given.child:
        child(given.child)
        return
    from bench import cold_table, performance_page  # a child measures its own imports

    places = [REFERENCE, PLAIN, *LIBRARIES, *(given.only or PUBLISH_PATH)]
    figures: dict[str, list[dict[str, Any]]] = {place: [] for place in places}
    with tempfile.TemporaryDirectory() as folder:
        paths = dict.fromkeys(places, paths_of_ours())
        paths |= dict.fromkeys((REFERENCE, PLAIN), paths_of_reference(Path(folder)))
        for place in places:
            one(place, paths[place])  # reads everything from the disk once, and compiles the handlers
        for _ in range(given.rounds):
            for place in places:
                figures[place].append(one(place, paths[place]))
    said = f"{cold_table.describe_run(given.rounds)}\n\n{cold_table.table_of(figures, REFERENCE, PLAIN)}"
    print(f"\ncold start: imports and clients\n{said}")
    if not given.only:
        performance_page.write_part("cold start", said)


if __name__ == "__main__":
    main()
