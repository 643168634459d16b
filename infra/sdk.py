"""Copies one version of botocore into the layer, without the parts that no function loads.

When botocore creates a client, it spends most of the time on reading JSON: it searches four hundred services, and a
service's model is mostly documentation. The modules that render the documentation take a twentieth of a cold start, and
no function uses them.
"""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

# The services that the code passes to dropcast.aws.clients.client (a test compares them), and STS, from which botocore
# may get credentials.
SERVICES = frozenset({"dynamodb", "events", "kms", "s3", "scheduler", "secretsmanager", "sqs", "stepfunctions", "sts"})
# In endpoints.json the name of a service is the first part of its host.
_PREFIXES = SERVICES - {"stepfunctions"} | {"states"}
_UNUSED = ("examples-1.json",)
# This module replaces botocore's module that renders a method's documentation.
_NO_DOCSTRINGS = '''"""Methods here have no documentation."""


class ClientMethodDocstring(str):
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)


PaginatorDocstring = WaiterDocstring = ClientMethodDocstring
'''


def trim_sdk(botocore: Path) -> None:
    """Delete from the package `botocore` the data of services that are not in SERVICES. Also delete all documentation,
    and the code that renders it.
    """
    _drop_documenters(botocore / "docs")
    data = botocore / "data"
    for service in data.iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)
    for file in [*data.rglob("*.json"), *data.rglob("*.json.gz")]:
        if file.name in _UNUSED:
            file.unlink()
        elif file.parent != data:
            _rewrite(file)
    _trim_endpoints(data / "endpoints.json")


def _drop_documenters(docs: Path) -> None:
    """Delete all modules for documentation except the helpers that botocore's handlers use."""
    helpers = (docs / "utils.py").read_bytes()
    shutil.rmtree(docs)
    docs.mkdir()
    (docs / "__init__.py").touch()
    (docs / "utils.py").write_bytes(helpers)
    (docs / "docstring.py").write_text(_NO_DOCSTRINGS)


def _rewrite(file: Path) -> None:
    """Rewrite a compressed data file as plain JSON, because the layer is compressed as a whole. Drop the
    documentation.
    """
    packed = file.suffix == ".gz"
    raw = file.read_bytes()
    told = json.loads(gzip.decompress(raw) if packed else raw)
    file.unlink()
    target = file.with_suffix("") if packed else file
    if target.name == "service-2.json":
        told |= {part: _without_documentation(told[part]) for part in ("operations", "shapes")}
    target.write_text(_compact(told))


def _without_documentation(part: Any) -> Any:
    """The model without `documentation`, if that is a text.

    A member of a shape may also be called `documentation`. It is an object and stays.
    """
    match part:
        case dict():
            return {
                name: _without_documentation(value)
                for name, value in part.items()
                if not (name == "documentation" and isinstance(value, str))
            }
        case list():
            return [_without_documentation(value) for value in part]
        case _:
            return part


def _trim_endpoints(file: Path) -> None:
    told = json.loads(file.read_text())
    for partition in told["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in _PREFIXES}
    file.write_text(_compact(told))


def _compact(told: Any) -> str:
    return json.dumps(told, separators=(",", ":"))
