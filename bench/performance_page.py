"""The parts of docs/performance.md that benchmarks write."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def with_part(page: str, name: str, said: str) -> str:
    """`page` with `said` as the part `name`. ValueError unless the page has exactly one place for this part."""
    begin, end = f"<!-- {name}:", f"<!-- /{name} -->"
    pattern = f"({re.escape(begin)}[^\\n]*\\n).*?({re.escape(end)})"
    found, count = re.subn(pattern, lambda at: f"{at[1]}{said}\n{at[2]}", page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{PAGE.name} has {count} places for the part {name}")
    return found


def write_part(name: str, said: str) -> None:
    """Replace the part `name` of the page by `said`."""
    PAGE.write_text(with_part(PAGE.read_text(), name, said))
