"""The layers of dependencies: built for Lambda's processor and Python, complete, and without unused packages."""

import ast
import gzip
import importlib.util
import re
import struct
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

from infra.console_assets import FILES_OF_NPM, own_files
from infra.layers import CONSOLE_PLACE, MEDIA_PLACES, console, wheels
from infra.sdk import SERVICES
from local.synth import ROOT

AARCH64 = 183
NOT_OURS = ["boto3", "s3transfer"]
HANDLERS = {str(file.parent.relative_to(ROOT / "functions")): file for file in (ROOT / "functions").rglob("handler.py")}
IN_MEDIA = {"PIL", "cryptography", "pi_heif", "pymediainfo"}
LIBRARY = ROOT / "layers" / "dropcast" / "python"


def machine_of(binary: Path) -> int:
    """e_machine of an ELF file's header (64 bits, little endian)."""
    with binary.open("rb") as file:
        header = file.read(20)
    assert header[:6] == b"\x7fELF\x02\x01"
    return struct.unpack_from("<H", header, 18)[0]


def is_elf(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(4) == b"\x7fELF"


@pytest.fixture(scope="module")
def host_layer() -> Path:
    return wheels(ROOT, "host", "dependencies") / "python"


@pytest.fixture(scope="module")
def host_media() -> Path:
    return wheels(ROOT, "host", "media") / "python"


@pytest.fixture(scope="module")
def host_console() -> Path:
    return console(ROOT, "host") / "python"


@pytest.fixture(scope="module")
def aws_layers() -> list[Path]:
    folders = wheels(ROOT, "aws", "dependencies"), wheels(ROOT, "aws", "media"), console(ROOT, "aws")
    return [folder / "python" for folder in folders]


def test_every_binary_for_aws_is_aarch64(aws_layers):
    binaries = [file for layer in aws_layers for file in layer.rglob("*.so*") if file.is_file()]

    assert any("pydantic_core" in str(binary) for binary in binaries)
    assert any("mediainfo" in binary.name for binary in binaries)
    assert {machine_of(binary) for binary in binaries} == {AARCH64}


def test_the_assets_that_cdk_publishes_hold_no_other_binary(dev_assembly, aws_layers):
    """A file counts as a binary by its first bytes, for any name."""
    published = [file for file in dev_assembly.glob("asset.*/**/*") if file.is_file() and is_elf(file)]
    built = [file for layer in aws_layers for file in layer.rglob("*.so*") if file.is_file()]

    assert {machine_of(binary) for binary in published} == {AARCH64}
    assert sorted(file.name for file in published) == sorted(file.name for file in built)


def test_every_extension_for_aws_is_for_python_3_13(aws_layers):
    extensions = {file.name for layer in aws_layers for file in layer.rglob("*.cpython-*.so")}

    assert extensions
    assert all(".cpython-313-" in name for name in extensions)


def test_the_local_layers_match_this_machine(host_layer, host_media, host_console):
    own = machine_of(Path(sys.executable).resolve())
    layers = host_layer, host_media, host_console
    binaries = [file for layer in layers for file in layer.rglob("*.so*") if file.is_file()]

    assert {machine_of(file) for file in binaries} == {own}


def test_no_package_is_in_two_layers(host_layer, host_media, host_console):
    names = [{one.name for one in layer.iterdir()} for layer in (host_layer, host_media, host_console)]

    assert all(one & other <= {"__pycache__"} for one, other in combinations(names, 2))


@pytest.mark.parametrize("package", NOT_OURS)
def test_unused_packages_are_left_out(aws_layers, host_layer, host_media, package):
    for layer in (*aws_layers, host_layer, host_media):
        assert not (layer / package).exists()


def run_in(layers: list[Path], program: str) -> subprocess.CompletedProcess[str]:
    """Run a program with -S, which hides this environment's packages.

    An import then finds only the function and the layers.
    """
    paths = [str(layer) for layer in (*layers, LIBRARY)]
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


def layers_of(place: str) -> tuple[str, ...]:
    """The names of the fixtures of a function's layers."""
    return "host_layer", *["host_media"] * (place in MEDIA_PLACES), *["host_console"] * (place == CONSOLE_PLACE)


@pytest.mark.parametrize("layers", sorted({layers_of(place) for place in HANDLERS}))
def test_every_handler_finds_what_it_imports_in_its_layers(request, layers):
    handlers = [place.split("/") for place in HANDLERS if layers_of(place) == layers]

    done = run_in(
        [request.getfixturevalue(layer) for layer in layers],
        f"for trigger, package in {handlers!r}:\n"
        f"    sys.path[0] = os.path.join({str(ROOT / 'functions')!r}, trigger)\n"
        "    assert callable(runpy.run_module(f'{package}.handler')['handler']), package\n",
    )

    assert handlers
    assert done.returncode == 0, done.stderr


def test_exactly_the_functions_that_reach_the_media_packages_have_them():
    """Counts every import, at the top of a module or inside a function."""
    library = {".".join(file.relative_to(LIBRARY).with_suffix("").parts): file for file in LIBRARY.rglob("*.py")}
    imports = {name.removesuffix(".__init__"): imported(file) for name, file in library.items()}

    reach = {place for place, file in HANDLERS.items() if IN_MEDIA & packages_from(file, imports)}

    assert reach == MEDIA_PLACES


def test_the_console_layer_has_its_pages_files_and_their_renderer(host_console):
    held = {one.name.removesuffix(".gz") for one in (host_console / "console_static").glob("*.gz")}

    assert held == {*own_files(ROOT), *FILES_OF_NPM}
    assert (host_console / "jinja2").is_dir()
    assert b"htmx" in gzip.decompress((host_console / "console_static" / "htmx.js.gz").read_bytes())


def test_the_media_layer_can_inspect_files(host_layer, host_media):
    done = run_in([host_layer, host_media], "import pymediainfo; assert pymediainfo.MediaInfo.can_parse()")

    assert done.returncode == 0, done.stderr


def packages_from(start: Path, imports: dict[str, set[str]]) -> set[str]:
    seen, ahead = set[str](), [name for file in start.parent.rglob("*.py") for name in imported(file)]
    while ahead:
        if (name := ahead.pop()) not in seen:
            seen.add(name)
            ahead += imports.get(name, ())
    return {name.split(".")[0] for name in seen}


def imported(file: Path) -> set[str]:
    found = set[str]()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_sdk_contains_exactly_the_services_that_are_called(host_layer):
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
    """A program that prints each call's request in each region: method, address, headers, body."""
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


def test_every_service_of_the_trimmed_sdk_sends_the_same_requests_as_the_whole_one(host_layer):
    program = requests_of(["eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1", "ap-southeast-7"])
    whole = importlib.util.find_spec("botocore")
    assert whole is not None
    assert whole.origin is not None

    ours, theirs = run_in([host_layer], program), run_in([Path(whole.origin).parent.parent], program)

    assert set(CALLS) == SERVICES
    assert theirs.returncode == ours.returncode == 0, (ours.stderr, theirs.stderr)
    assert ours.stdout == theirs.stdout
    assert len(ours.stdout.splitlines()) == 5 * len(CALLS)


def test_modules_are_compiled_with_unchecked_hashes(host_layer):
    """The flags of a .pyc are its second four bytes. 1 means a hash that Python does not check."""
    compiled = [*host_layer.rglob("*.pyc")]

    assert len(compiled) > 0.95 * len([*host_layer.rglob("*.py")])
    assert {file.read_bytes()[4:8] for file in compiled} == {b"\x01\x00\x00\x00"}


def test_the_layers_are_well_below_lambdas_limit_and_most_functions_have_few(aws_layers):
    usual, media, pages = (
        sum(file.stat().st_size for file in layer.rglob("*") if file.is_file()) for layer in aws_layers
    )

    assert usual < 45 * 1024 * 1024
    assert usual + media + pages < 100 * 1024 * 1024
    assert pages < 5 * 1024 * 1024


def test_the_trimmed_sdk_paginates_without_the_documentation_renderer(host_layer):
    done = run_in(
        [host_layer],
        "import botocore.session, sys\n"
        "client = botocore.session.get_session().create_client('dynamodb')\n"
        "assert client.get_paginator('scan').paginate.__doc__ == ''\n"
        "assert client.get_item.__doc__ == ''\n"
        "client.get_waiter('table_exists')\n"
        "print(sorted(name for name in sys.modules if name.startswith('botocore.docs.')))\n",
    )

    assert done.stdout == "['botocore.docs.docstring', 'botocore.docs.utils']\n", done.stderr


def test_importing_the_library_leaves_little_garbage_to_collect(host_layer):
    done = run_in(
        [host_layer],
        "import gc\n"
        "runs = []\n"
        "gc.callbacks.append(lambda phase, _: runs.append(phase))\n"
        "import dropcast.publishing.transfer.transfer\n"
        "assert gc.isenabled()\n"
        "print(len(runs) // 2, len(gc.get_objects()))\n",
    )
    runs, objects = map(int, done.stdout.split())

    assert runs <= 20 < objects / 1000, done.stderr


def test_settling_by_stored_facts_does_not_import_tiktoks_response_models(host_layer):
    done = run_in(
        [host_layer],
        "import dropcast.publishing.outcome.settle\n"
        "print([name for name in ('dropcast.tiktok.models', 'httpx', 'boto3') if name in sys.modules])\n",
    )

    assert done.stdout == "[]\n", done.stderr
