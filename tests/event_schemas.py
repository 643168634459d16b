"""Writes the JSON Schemas of every event to docs/events/schemas.json, from the layer's models.

`python -m tests.event_schemas` prints each change that breaks a receiver, and fails. With `--write` it adds changes
that break no receiver. To break a promise on purpose, delete its lines in the file by hand and tell the receivers.
"""

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from dropcast.events.json_schemas import Schema, event_schemas
from tests.api_surface import broken, promises

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "events" / "schemas.json"


def promised(document: Schema) -> list[str]:
    """The promises to receivers, one per line."""
    return sorted(line for name in document["$defs"] for line in promises(document, name))


def table(name: str) -> str:
    """The fields of one schema of `$defs` as a table in Markdown."""
    schema = event_schemas()["$defs"][name]
    rows = [f"| `{field}` | {_kind(value)} | {value['description']} |" for field, value in schema["properties"].items()]
    return "\n".join(["| field | | |", "|---|---|---|", *rows]) + "\n"


def _kind(schema: Schema) -> str:
    match schema:
        case {"enum": choices}:
            return " · ".join(f"`{choice}`" for choice in choices)
        case {"anyOf": several}:
            return " or ".join(_kind(one) for one in several)
        case {"$ref": ref}:
            return ref.rsplit("/", 1)[-1]
        case {"items": items}:
            return f"list of {_kind(items)}"
        case {"format": form}:
            return form
        case _:
            return schema["type"]


def conforming(event: Any) -> Any:
    """Return `event` if it conforms to docs/events/schemas.json; otherwise raise ValueError."""
    schema = _schemas()
    named = schema | {"$ref": f"#/$defs/{event['event']}"}
    del named["oneOf"]
    jsonschema_rs.validator_for(named, validate_formats=True).validate(event)
    return event


@lru_cache
def _schemas() -> Schema:
    return json.loads(FILE.read_text())


def main() -> None:
    kept = event_schemas()
    before = json.loads(FILE.read_text()) if FILE.exists() else {"$defs": {}}
    found = broken(promised(before), promised(kept))
    if found:
        print(*found, "A receiver would notice. See tests/event_schemas.py.", sep="\n", file=sys.stderr)
        sys.exit(1)
    if "--write" in sys.argv:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(kept, indent=1) + "\n")
    elif kept != before:
        print("docs/events/schemas.json is not what the shapes say: make format", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
