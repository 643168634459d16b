"""Parts of Python source: docstrings, and the imports that a module's names need."""

import re
from collections.abc import Callable, Iterable
from textwrap import wrap

_WIDTH = 120
_KNOWN = {
    "Any": "from typing import Any",
    "Field": "from pydantic import Field",
    "Literal": "from typing import Literal",
    "Mapping": "from collections.abc import Mapping",
    "Sequence": "from collections.abc import Sequence",
    "datetime": "from datetime import datetime",
}


def docstring(text: str, indent: int) -> list[str]:
    """`text` as a docstring of lines that fit."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"""', "'''")
    plain = f"{plain} " if plain.endswith('"') else plain
    margin = " " * indent
    if indent + len(plain) + 6 <= _WIDTH:
        return [f'{margin}"""{plain}"""']
    # A formatter moves the closing quotes to the end if the text has one line.
    first, *others = wrap(plain, min(_WIDTH - indent - 3, len(plain) - 1))
    return [f'{margin}"""{first}', *(f"{margin}{line}" for line in others), f'{margin}"""']


def imports(code: Iterable[str], module_of: Callable[[str], str | None]) -> list[str]:
    """The imports that the names in `code` need. `module_of` returns a name's module, None if it needs no import."""
    names = sorted({name for line in code for name in re.findall(r"(?<![\w.'\"])[A-Za-z_]\w*", line)})
    lines = [_KNOWN[name] for name in names if name in _KNOWN]
    found = [(module, name) for name in names if name not in _KNOWN and (module := module_of(name))]
    return lines + [f"from {module} import {name}" for module, name in found]
