"""The dependency layer: for Lambda's processor and Python, complete, and without what the runtime brings."""

import importlib.util
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from infra.layers import dependencies
from local.synth import ROOT

AARCH64 = 183
RUNTIME_HAS = ["boto3", "botocore", "s3transfer", "urllib3", "dateutil", "six"]


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


@pytest.mark.parametrize("package", RUNTIME_HAS)
def test_what_lambda_brings_is_left_to_lambda(aws_layer, host_layer, package):
    for layer in (aws_layer, host_layer):
        assert not (layer / package).exists()
        assert not (layer / f"{package}.py").exists()


@pytest.fixture
def runtime(tmp_path) -> Path:
    """A folder with what Lambda's runtime has, and nothing else of this environment."""
    for package in RUNTIME_HAS:
        module = importlib.util.find_spec(package)
        assert module is not None
        assert module.origin is not None
        origin = Path(module.origin)
        found = origin.parent if origin.name == "__init__.py" else origin
        (tmp_path / found.name).symlink_to(found)
    return tmp_path


def test_every_handler_finds_what_it_imports_in_layers_and_runtime(host_layer, runtime):
    """-S hides this environment's packages, so an import finds the function's, the layer's, the runtime's or none."""
    paths = [str(host_layer), str(ROOT / "layers" / "dropcast" / "python"), str(runtime)]
    handlers = [str(file) for file in (ROOT / "functions").rglob("handler.py")]
    program = (
        f"import os, sys, runpy; sys.path[:0] = ['', *{paths!r}]\n"
        "import aws_xray_sdk.core, pymediainfo\n"
        "assert pymediainfo.MediaInfo.can_parse()\n"
        f"for handler in {handlers!r}:\n"
        "    sys.path[0] = os.path.dirname(handler)\n"
        "    assert callable(runpy.run_path(handler)['handler']), handler\n"
    )
    environment = {"POWERTOOLS_SERVICE_NAME": "test", "POWERTOOLS_METRICS_NAMESPACE": "Test", "AWS_REGION": "eu-west-1"}

    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", program], env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_layer_fits_well_under_lambdas_limit(aws_layer):
    size = sum(file.stat().st_size for file in aws_layer.rglob("*") if file.is_file())

    assert size < 100 * 1024 * 1024
