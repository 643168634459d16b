"""Runs a whole stack on this machine as a context manager."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from dropcast.settings import Settings
from local.child_environment import child_environment
from local.cloudfront_signatures import public_half
from local.deploy import deploy
from local.folder import ROOT, Folder, claim, sweep
from local.logs import LogStream
from local.media_server import MediaServer, Origin
from local.ministack import MiniStack, is_healthy, start_ministack
from local.options import Options, TikTok, sandbox_addresses, template_parameters, verified_urls
from local.processes import Child, free_port, group_members, kill_members, start, wait_ready
from local.proxy import Proxy
from local.synth import assembly

Report = Callable[[str], None]

_SANDBOX_S = 20
_READY_S = 60
_LAYER = ROOT / "layers" / "dropcast" / "python"


class NotReady(Exception):
    """The stack is deployed, but does not answer correctly."""


@dataclass(frozen=True)
class LocalStack:
    """A running stack. Addresses have no trailing slash. `sandbox_url` is None for a stack without the sandbox."""

    name: str
    base_url: str
    public_url: str
    media_url: str
    api_key: str = field(repr=False)
    outputs: dict[str, str]
    sandbox_url: str | None
    log_file: Path
    emulator: MiniStack
    children: tuple[Child, ...]
    prefix: str

    @property
    def stage(self) -> str:
        """The stage, which cdk.json chooses."""
        return self.prefix.partition("-")[2]

    @property
    def bucket(self) -> str:
        return self.outputs["Bucket"]

    @property
    def s3_endpoint_url(self) -> str:
        return self.emulator.endpoint

    @property
    def webhook_url(self) -> str:
        return f"{self.public_url}/webhooks/tiktok"

    @property
    def console_url(self) -> str:
        return f"{self.public_url}/console"

    def described(self) -> dict[str, Any]:
        """The object that `make up` prints."""
        return {
            "base_url": self.base_url,
            "api_key": self.api_key,
            "bucket": self.bucket,
            "s3_endpoint_url": self.s3_endpoint_url,
            "webhook_url": self.webhook_url,
            "media_url": self.media_url,
            "console_url": self.console_url,
            "sandbox_url": self.sandbox_url,
            "log_file": str(self.log_file),
            "pid": os.getpid(),
        }

    def client(self, service: str) -> Any:
        """A boto3 client of this stack's `service` ("s3", "dynamodb", …)."""
        return self.emulator.client(service)

    def function_name(self, name: str) -> str:
        """The full name of the function in functions/TRIGGER/NAME. `name` is "TRIGGER-NAME" or "TRIGGER/NAME"."""
        return f"{self.prefix}-{name.replace('/', '-')}"

    def kill_lambda(self, name: str) -> int:
        """Send SIGKILL to all processes of a function ("workflow-transfer"). Return their number."""
        folder = re.compile(rf"ministack-lambda-{re.escape(self.function_name(name))}-[a-z0-9_]{{8}}/")
        group = self.emulator.child.pid
        workers = [member for member in group_members(group) if folder.search(member.command)]
        kill_members(group, workers)
        return len(workers)

    def executions(self, name: str = "") -> list[dict[str, Any]]:
        """The state machine's executions whose names begin with `name` (a publish_id), oldest first."""
        pages = self.client("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self.outputs["StateMachineArn"]).build_full_result()["executions"]
        return sorted((e for e in found if e["name"].startswith(name)), key=lambda e: e["startDate"])

    def history(self, execution: dict[str, Any]) -> list[dict[str, Any]]:
        """The history events of `execution`, which is an item of `executions`."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return pages.paginate(executionArn=execution["executionArn"]).build_full_result()["events"]

    def states_entered(self, execution: dict[str, Any]) -> list[str]:
        """The states that an execution entered, in order. AWS bills each entry, and each retry, as a transition."""
        details = (event.get("stateEnteredEventDetails") for event in self.history(execution))
        return [entered["name"] for entered in details if entered]


class AwsProxy(Protocol):
    """A proxy between the functions and AWS. The functions call `url`, and the proxy forwards their calls."""

    url: str

    def point_at(self, target: str) -> None:
        """Forward further calls to `target`, the emulator's address."""
        ...


@contextmanager
def local_stack(
    name: str | None = None,
    options: Options | None = None,
    say: Report = lambda words: None,
    between: AwsProxy | None = None,
    record: Path | None = None,
) -> Iterator[LocalStack]:
    """Start a stack and wait until it answers. Stop it at the end of the block. Progress messages go to `say`.

    Without a name the stack gets a unique one, so that several can run at once. `record` gets a line for each AWS call.
    """
    chosen = options or Options()
    sweep()
    with ExitStack() as until_end:
        folder = claim(name or f"run-{os.getpid()}-{secrets.token_hex(2)}")
        until_end.callback(folder.release)
        say("reading the template (synthesising it if its sources changed)")
        template = assembly("host")
        proxy = until_end.enter_context(_proxy(chosen.port))
        media = until_end.enter_context(MediaServer())
        public_url = chosen.settings.get(Settings.public_url, proxy.url)
        media_url = chosen.settings.get(Settings.media_url, media.url)

        say("starting the emulator" + ("" if chosen.tiktok else " and the sandbox"))
        sandbox = None if chosen.tiktok else _Sandbox.start(folder, chosen, public_url, media_url, until_end)
        emulator = start_ministack(
            folder.path, chosen.functions_at_once, aws_url=between.url if between else "", record=record
        )
        if between:
            between.point_at(emulator.endpoint)
        until_end.callback(emulator.child.stop)
        folder.remember(emulator.child)
        tiktok = chosen.tiktok or _sandbox_tiktok(sandbox)

        say("deploying the template")
        stack_name = next(template.glob("*.template.json")).name.removesuffix(".template.json")
        parameters = template_parameters(chosen, tiktok, public_url, media_url)
        outputs = deploy(emulator, template, stack_name, parameters, record)
        _store_secrets(emulator, outputs, tiktok)
        prefix = stack_name.lower()
        until_end.enter_context(LogStream(emulator, prefix, outputs["StateMachineArn"], folder.log_file))
        media.serve(_media_origin(emulator, outputs, prefix, media_url))
        proxy.point_at(f"{emulator.endpoint}/_aws/execute-api/{outputs['ApiId']}/$default")

        say("creating an API key and waiting for the first answer")
        stack = LocalStack(
            name=folder.name,
            base_url=proxy.url,
            public_url=public_url,
            media_url=media_url,
            api_key=_make_key(emulator, outputs),
            outputs=outputs,
            sandbox_url=sandbox.url if sandbox else None,
            log_file=folder.log_file,
            emulator=emulator,
            children=tuple(child for child in (emulator.child, sandbox and sandbox.child) if child),
            prefix=prefix,
        )
        _wait_answer(stack)
        yield stack


def _store_secrets(emulator: MiniStack, outputs: dict[str, str], tiktok: TikTok) -> None:
    for output, secret in (("AppSecretArn", tiktok.app_secret), ("PartnerSecretArn", tiktok.partner_secret)):
        secret_arn, text = outputs[output], json.dumps(secret)
        emulator.client("secretsmanager").put_secret_value(SecretId=secret_arn, SecretString=text)


def _media_origin(emulator: MiniStack, outputs: dict[str, str], prefix: str, media_url: str) -> Origin:
    """The bucket and the public key of this stack's signatures."""
    signer = emulator.client("lambda").get_function_configuration(FunctionName=f"{prefix}-workflow-start")
    key_id = signer["Environment"]["Variables"]["MEDIA_KEY_ID"]
    pem = emulator.client("secretsmanager").get_secret_value(SecretId=outputs["MediaKeyArn"])["SecretString"]
    return Origin(emulator.client("s3"), outputs["Bucket"], media_url, {key_id: public_half(pem)})


def _proxy(port: int) -> Proxy:
    try:
        return Proxy(port)
    except OSError as taken:
        raise NotReady(f"port {port} cannot be used: {taken.strerror}") from None


@dataclass
class _Sandbox:
    """The sandbox as a child process on a free port."""

    child: Child
    url: str
    tiktok: TikTok

    @classmethod
    def start(
        cls, folder: Folder, options: Options, public_url: str, media_url: str, until_end: ExitStack
    ) -> "_Sandbox":
        port, app_id = free_port(), "7000000000000000001"
        url = f"http://127.0.0.1:{port}"
        app = {"client_key": "local-client-key", "client_secret": secrets.token_hex(24)}
        partners = {
            "business_app_id": app_id,
            "business_secret": secrets.token_hex(20),
            "ensembledata_token": secrets.token_hex(12),
        }
        command = [sys.executable, "-X", f"dropcast={folder.path}", "-m", "sandbox", "--port", str(port)]
        command += ["--client-key", app["client_key"], "--client-secret", app["client_secret"]]
        command += ["--platform", "desktop"]  # TikTok checks PKCE only for a desktop app
        command += ["--audited" if options.settings.get(Settings.app_audit) == "audited" else "--unaudited"]
        command += ["--redirect-uri", f"{public_url}/oauth/tiktok/callback"]
        command += ["--webhook-url", f"{public_url}/webhooks/tiktok"]
        command += [f"--verified-url={url}" for url in verified_urls(options, media_url)]
        command += ["--business-app-id", app_id, "--business-secret", partners["business_secret"]]
        command += ["--ensembledata-token", partners["ensembledata_token"]]
        command += ["--business-redirect-uri", f"{public_url}/oauth/business/callback/"]
        child = start("the sandbox", command, env=child_environment(), log=folder.path / "sandbox.log", cwd=ROOT)
        until_end.callback(child.stop)
        folder.remember(child)
        return cls(child, url, TikTok(app, partners, sandbox_addresses(url, public_url, app_id)))

    def wait(self) -> None:
        wait_ready(self.child, lambda: is_healthy(f"{self.url}/_sandbox/health"), seconds=_SANDBOX_S)


def _sandbox_tiktok(sandbox: _Sandbox | None) -> TikTok:
    if sandbox is None:
        raise ValueError("there is neither a TikTok nor a sandbox")
    sandbox.wait()
    return sandbox.tiktok


def _make_key(emulator: MiniStack, outputs: dict[str, str]) -> str:
    """Create an API key with the library, in a process with this stack's settings."""
    env = child_environment() | {
        "PYTHONPATH": str(_LAYER),
        "AWS_ENDPOINT_URL": emulator.endpoint,
        "KEYS_TABLE": outputs["KeysTable"],
        "KEY_PEPPER_ARN": outputs["KeyPepperArn"],
    }
    command = [sys.executable, str(Path(__file__).with_name("make_key.py"))]
    made = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)  # noqa: S603
    if made.returncode:
        raise NotReady(f"the API key could not be created: {made.stderr[-1000:]}")
    return made.stdout.strip()


def _wait_answer(stack: LocalStack) -> None:
    """Wait until a real request passes through the proxy, the authorizer and the API function."""
    deadline = time.monotonic() + _READY_S
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    said = "nothing"
    while time.monotonic() < deadline:
        with suppress(httpx.HTTPError):
            answer = httpx.get(
                f"{stack.base_url}/v1/accounts",
                params={"user_id": "nobody"},
                headers=headers,
                timeout=30,
                trust_env=False,
            )
            if answer.status_code == 200:
                return
            said = f"{answer.status_code} {answer.text[:300]}"
        time.sleep(0.2)
    raise NotReady(f"the API does not answer correctly: {said}; its log is {stack.log_file}")
