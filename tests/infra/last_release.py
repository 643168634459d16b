"""What the last release deployed. With it, tests find what an upgrade from that release would break.

tests/infra/released/ holds the state machine's definition. For each resource that holds data it also has the properties
that CloudFormation cannot change without replacing the resource. `python -m tests.infra.last_release` prints what an
upgrade would break. With `--write` it makes today's template the last release.
"""

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from local.synth import ROOT, assembly
from tests.infra.reading import Template, definition, functions, of_type
from tests.infra.test_kept_names import HOLD_SOMETHING

FOLDER = ROOT / "tests" / "infra" / "released"
DEFINITION = FOLDER / "definition.json"
RESOURCES = FOLDER / "resources.json"
_REGION = "us-east-1"

Snapshot = dict[str, dict[str, Any]]


def resources_of(template: Template) -> Snapshot:
    """For each logical id: the type, the properties that cannot change, and a table's indexes by name."""
    return {
        name: {"type": kind, "fixed": _fixed(kind, one["Properties"]), "indexes": _indexes(one["Properties"])}
        for kind in HOLD_SOMETHING
        for name, one in sorted(of_type(template, kind).items())
    }


def definition_of(template: Template) -> dict[str, Any]:
    """The state machine's definition. A function's ARN in it is replaced by the function's place ("workflow-start")."""
    text = json.dumps(definition(template))
    for place, one in functions(template).items():
        [logical_id] = [name for name, other in template["Resources"].items() if other is one]
        text = text.replace(f'"{logical_id}"', json.dumps(place))
    return json.loads(text)


def breaks(released: Snapshot, today: Snapshot) -> Iterator[str]:
    """What an upgrade from `released` to `today` breaks, and how to avoid this."""
    for name, before in released.items():
        after = today.get(name)
        if after is None:
            yield f"{name} ({before['type']}) is gone: CloudFormation would delete it with all that it holds. Keep it, or its logical id by override_logical_id"  # noqa: E501
            continue
        for path in sorted(before["fixed"].keys() | after["fixed"].keys()):
            if after["fixed"].get(path) != before["fixed"].get(path):
                yield f"{name}: {path} changed, so CloudFormation would replace it with an empty one. Undo that, or add a second resource and move the data"  # noqa: E501
        yield from _index_breaks(name, before["indexes"], after["indexes"])


def _index_breaks(table: str, before: dict[str, str], after: dict[str, str]) -> Iterator[str]:
    changed = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
    moved = sorted(before.keys() ^ after.keys())
    if changed:
        yield f"{table}: the index {', '.join(changed)} has other keys or attributes, and an index cannot change. Add one with another name and remove this one in a later release"  # noqa: E501
    if len(moved) > 1:
        yield f"{table}: {' and '.join(moved)} are added or removed at once, and DynamoDB accepts one index per update. Release them one after the other"  # noqa: E501


def _fixed(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    values = {path: _at(properties, path.removeprefix("/properties/").split("/")) for path in _create_only(kind)}
    return {path: value for path, value in values.items() if value is not None}


@cache
def _create_only(kind: str) -> list[str]:
    """The properties whose change replaces a resource of this type, from AWS's own schema."""
    # Imported here, because the import takes half a second in each worker that only collects the tests.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, f"AWS::{kind}").schema
    return sorted({*schema.get("createOnlyProperties", ()), *schema.get("conditionalCreateOnlyProperties", ())})


def _at(properties: Any, path: list[str]) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties


def _indexes(properties: dict[str, Any]) -> dict[str, str]:
    """The global secondary indexes of a table: their keys and attributes as one text."""
    return {
        one["IndexName"]: json.dumps([one["KeySchema"], one["Projection"]], sort_keys=True)
        for one in properties.get("GlobalSecondaryIndexes", ())
    }


def read_resources() -> Snapshot:
    return json.loads(RESOURCES.read_text())


def read_definition() -> dict[str, Any]:
    return json.loads(DEFINITION.read_text())


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def main() -> None:
    template = json.loads((assembly("aws") / "Dropcast-dev.template.json").read_text())
    if sys.argv[1:] == ["--write"]:
        FOLDER.mkdir(exist_ok=True)
        _write(RESOURCES, resources_of(template))
        _write(DEFINITION, definition_of(template))
        return
    found = list(breaks(read_resources(), resources_of(template)))
    print(*found, sep="\n", file=sys.stderr)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
