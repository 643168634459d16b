"""Reads docs/events.md by its headings."""

import re

from tests.event_schemas import ROOT

PAGE = (ROOT / "docs" / "events.md").read_text()
_SECTIONS = {part.split("\n", 1)[0]: part for part in re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE)}


def blocks(section: str, language: str) -> list[str]:
    """The code blocks of a section."""
    return re.findall(rf"^```{language}\n(.*?)^```", _SECTIONS[section], flags=re.MULTILINE | re.DOTALL)


_HEAD = blocks("Rules", "yaml")[0]
RULES = {title: _HEAD + found[0] for title in _SECTIONS if title != "Rules" and (found := blocks(title, "yaml"))}
"""The rule templates by the kind of their target."""
