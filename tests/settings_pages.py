"""Generates the tables of settings in docs/deploy.md and docs/local.md from the declarations.

`python -m tests.settings_pages` fails if a page has other tables; with `--write` it writes them.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dropcast.setting_declaration import Setting
from dropcast.settings import Settings
from infra.config import Config
from local.options import LOCAL_DEFAULTS, SANDBOX_DEFAULTS, SANDBOX_TRENDS, sandbox_addresses

DOCS = Path(__file__).parent.parent / "docs"
_TABLE = "<!-- {name}: written by make format -->\n\n{table}\n\n<!-- end of {name} -->"


def tables() -> dict[str, dict[str, str]]:
    """The rows of each table, by page and by the table's name."""
    return {
        "deploy.md": {"the template": _of_the_template(), "the parameters": _of_the_parameters()},
        "local.md": {"the settings": _of_a_local_stack()},
    }


def page_with_tables(text: str, named: dict[str, str]) -> str:
    """The page's text with these tables in their places. ValueError if a place is missing."""
    for name, table in named.items():
        place = re.compile(_TABLE.format(name=name, table=".*?"), re.DOTALL)
        if len(place.findall(text)) != 1:
            raise ValueError(f"the page has no place for the table {name}")
        before, after = place.split(text)
        text = before + _TABLE.format(name=name, table=table) + after
    return text


def _of_the_template() -> str:
    return _table(
        ("name", "default", "meaning"),
        [(f"`{one.name}`", _code(one.default), _meaning(one)) for one in Config.choices()],
    )


def _of_the_parameters() -> str:
    return _table(
        ("name", "parameter", "default", "meaning"),
        [(f"`{one.name}`", f"`{one.parameter}`", _code(one.default), _meaning(one)) for one in Settings.choices()],
    )


def _of_a_local_stack() -> str:
    defaults = {**LOCAL_DEFAULTS, **SANDBOX_DEFAULTS, **SANDBOX_TRENDS}
    stacks_own = {*sandbox_addresses("", "", ""), Settings.public_url, Settings.media_url}
    return _table(
        ("variable", "if you do not set it", "meaning"),
        [
            (
                f"`{one.variable}`",
                "the stack's own" if one in stacks_own else _code(defaults.get(one, one.default)),
                _meaning(one),
            )
            for one in Settings.choices()
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def _code(text: str) -> str:
    return f"`{text}`" if text else "none"


def _meaning(setting: Setting[Any]) -> str:
    page = setting.see.partition("#")[0]
    return f"{setting.description}. See [{page}]({setting.see})" if page else setting.description


def main() -> None:
    stale: list[str] = []
    for name, named in tables().items():
        page = DOCS / name
        text = page.read_text()
        wanted = page_with_tables(text, named)
        if "--write" in sys.argv:
            page.write_text(wanted)
        elif wanted != text:
            stale.append(f"docs/{name} does not show the declared settings: make format")
    if stale:
        sys.exit("\n".join(stale))


if __name__ == "__main__":
    main()
