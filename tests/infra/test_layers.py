"""The dependency layer: for Lambda's processor and Python, complete, and without what no function loads."""

import importlib.util
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra.layers import dependencies
from infra.sdk import SERVICES
from local.synth import ROOT

AARCH64 = 183
NOT_OURS = ["boto3", "s3transfer"]


def machine_of(binary: Path) -> int:
    """e_machine of an ELF file's header (little endian)."""
    header = binary.read_bytes()[:20]
    assert header[:4] == b"\x7fELF"
    return struct.unpack_from("<H", header, 18)[0]


@pytest.fixture(scope="module")
def aws_layer() -> Path:
    return dependencies(ROOT, "aws") / "python"


@pytest.fixture(scope="module")
def host_layer() -> Path:
    return dependencies(ROOT, "host") / "python"


def test_every_binary_for_aws_is_aarch64(aws_layer):
    binaries = [file for file in aws_layer.rglob("*.so*") if file.is_file()]

    assert any("pydantic_core" in str(binary) for binary in binaries)
    assert any("mediainfo" in binary.name for binary in binaries)
    assert {machine_of(binary) for binary in binaries} == {AARCH64}


def test_every_extension_for_aws_is_for_python_3_13(aws_layer):
    extensions = {file.name for file in aws_layer.rglob("*.cpython-*.so")}

    assert extensions
    assert all(".cpython-313-" in name for name in extensions)


def test_the_layer_for_this_machine_is_of_this_machine(host_layer):
    own = machine_of(Path(sys.executable).resolve())

    assert {machine_of(file) for file in host_layer.rglob("*.so*") if file.is_file()} == {own}


@pytest.mark.parametrize("package", NOT_OURS)
def test_what_nobody_here_uses_is_left_out(aws_layer, host_layer, package):
    for layer in (aws_layer, host_layer):
        assert not (layer / package).exists()


def run_in(layer: Path, program: str) -> subprocess.CompletedProcess[str]:
    """-S hides this environment's packages, so an import finds the function's, the layers' or none."""
    paths = [str(layer), str(ROOT / "layers" / "dropcast" / "python")]
    environment = {
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Test",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    code = f"import os, sys, runpy; sys.path[:0] = ['', *{paths!r}]\n" + program
    return subprocess.run(
        [sys.executable, "-S", "-E", "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def test_every_handler_finds_what_it_imports_in_the_layers(host_layer):
    handlers = [str(file) for file in (ROOT / "functions").rglob("handler.py")]

    done = run_in(
        host_layer,
        "import pymediainfo\n"
        "assert pymediainfo.MediaInfo.can_parse()\n"
        f"for handler in {handlers!r}:\n"
        "    sys.path[0] = os.path.dirname(handler)\n"
        "    assert callable(runpy.run_path(handler)['handler']), handler\n",
    )

    assert done.returncode == 0, done.stderr


def test_the_sdk_holds_the_services_that_are_asked_and_no_other(host_layer):
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "dropcast").rglob("*.py")]
    asked = {name for file in sources for name in re.findall(r'aws\.client\("([^"]+)"', file.read_text())}
    held = {folder.name for folder in (host_layer / "botocore" / "data").iterdir() if folder.is_dir()}

    assert asked <= held == SERVICES


CALLS = {
    "dynamodb": ("get_item", {"TableName": "t", "Key": {"pk": {"S": "k"}}}),
    "events": ("put_events", {"Entries": [{"Source": "s", "DetailType": "d", "Detail": "{}"}]}),
    "kms": ("decrypt", {"CiphertextBlob": b"c", "EncryptionContext": {"kind": "k"}}),
    "s3": ("get_object", {"Bucket": "b", "Key": "k", "Range": "bytes=0-1", "IfMatch": "e"}),
    "scheduler": ("delete_schedule", {"Name": "n", "ClientToken": "c"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "s"}),
    "sqs": ("send_message", {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q", "MessageBody": "m"}),
    "stepfunctions": ("send_task_success", {"taskToken": "t", "output": "{}"}),
    "sts": ("get_caller_identity", {}),
}


def requests_of(regions: list[str]) -> str:
    """A program that prints the request which each call would send in each region: method, address, headers, body."""
    return (
        "import botocore.session, json\n"
        "session = botocore.session.get_session()\n"
        "class Seen(Exception): pass\n"
        "def see(request, **_):\n"
        "    kept = ('Content-Type', 'X-Amz-Target', 'Range', 'If-Match')\n"
        "    heads = {name: str(value) for name, value in request.headers.items() if name in kept}\n"
        "    print(request.method, request.url, sorted(heads.items()), request.body)\n"
        "    raise Seen\n"
        f"for region in {regions!r}:\n"
        f"    for service, (call, values) in {CALLS!r}.items():\n"
        "        client = session.create_client(service, region_name=region, aws_access_key_id='k', "
        "aws_secret_access_key='s')\n"
        "        client.meta.events.register('before-send', see)\n"
        "        try: getattr(client, call)(**values)\n"
        "        except Seen: pass\n"
    )


def test_every_service_of_the_trimmed_sdk_sends_what_the_whole_one_sends(host_layer):
    program = requests_of(["eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1", "ap-southeast-7"])
    whole = importlib.util.find_spec("botocore")
    assert whole is not None
    assert whole.origin is not None

    ours, theirs = run_in(host_layer, program), run_in(Path(whole.origin).parent.parent, program)

    assert set(CALLS) == SERVICES
    assert theirs.returncode == ours.returncode == 0, (ours.stderr, theirs.stderr)
    assert ours.stdout == theirs.stdout
    assert len(ours.stdout.splitlines()) == 5 * len(CALLS)


def test_modules_are_compiled_for_any_time_of_their_files(host_layer):
    """The flags of a .pyc are its second four bytes: 1 is a hash that nobody checks."""
    compiled = [*host_layer.rglob("*.pyc")]

    assert len(compiled) > 0.95 * len([*host_layer.rglob("*.py")])
    assert {file.read_bytes()[4:8] for file in compiled} == {b"\x01\x00\x00\x00"}


def test_the_layer_fits_well_under_lambdas_limit(aws_layer):
    size = sum(file.stat().st_size for file in aws_layer.rglob("*") if file.is_file())

    assert size < 100 * 1024 * 1024
