"""The site's navigation. It has the start page's sections and links in the same order, so that both always agree."""

import re
from collections.abc import Sequence

from sphinx.application import Sphinx

_ENTRY = re.compile(r"^- \[[^\]]+\]\(([^)#]+)\.md\)", re.MULTILINE)
_DECISION = re.compile(r"\((\d{4}-[^)#]+)\.md\)")


def add_navigation(_app: Sphinx, page: str, source: list[str]) -> None:
    """Append a list of the pages below this one. Sphinx calls this with the text of each page, in a list of one."""
    match page:
        case "index":
            for title, entries in sections(source[0]):
                source[0] += _toctree(entries, title)
        case "api":
            source[0] += _toctree(["routes", "models"])
        case "decisions/README":
            source[0] += _toctree(_DECISION.findall(source[0]))


def sections(start_page: str) -> list[tuple[str, list[str]]]:
    """The title and the pages of each section of the start page."""
    parts = re.split(r"^## (.+)$", start_page, flags=re.MULTILINE)[1:]
    return [(title, _ENTRY.findall(text)) for title, text in zip(parts[::2], parts[1::2], strict=True)]


def _toctree(entries: Sequence[str], title: str = "") -> str:
    caption = f":caption: {title}\n" if title else ""
    return f"\n\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n{caption}\n" + "\n".join(entries) + "\n```\n"
