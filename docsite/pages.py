"""The pages of the site: docs/, the examples, three pages of the root, and two pages from the OpenAPI document."""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from docsite.models_page import models_page
from docsite.routes_page import routes_page
from functions.http.api.description import document

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXAMPLES = ROOT / "examples"
# Pages outside docs/, with their names in the site. SECURITY.md and docs/security.md need two names.
_ROOT_PAGES = {
    "CONTRIBUTING.md": "contribute.md",
    "SECURITY.md": "report-a-vulnerability.md",
    "CHANGELOG.md": "changes.md",
}
_INDEX = {"README.md": "index.md"}
_BELOW_THE_API = """
## Reference

[All routes](routes.md) lists every route with its parameters, answers and error codes. [Models](models.md) lists the
fields of every body, answer and event.
"""

_FENCED = re.compile(r"(^ *```.*?^ *```)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]+)?\)")


class DeadLink(Exception):
    """A page links to a file that the repository does not have."""


def pages() -> dict[str, str]:
    """The Markdown text of every page, by its path in the site. Raises DeadLink."""
    api = document()
    texts = {"routes.md": routes_page(api), "models.md": models_page(api)}
    for path in sorted(DOCS.rglob("*.md")):
        texts[path.relative_to(DOCS).as_posix()] = with_site_links(path.read_text(), path)
    for path in _example_pages():
        texts[path.relative_to(ROOT).as_posix()] = with_site_links(path.read_text(), path)
    texts["api.md"] += _BELOW_THE_API
    for name, page in _ROOT_PAGES.items():
        texts[page] = with_site_links((ROOT / name).read_text(), ROOT / name)
    return texts


def assets() -> Iterator[tuple[Path, str]]:
    """The files beside the pages (pictures, schemas, the examples' programs), each with its path in the site."""
    folders = [DOCS, *(page.parent for page in _example_pages())]
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        place = _site_path(path)
        if place is not None and path.suffix not in (".md", ".pyc"):
            yield path, place


def links(text: str) -> list[str]:
    """The relative links of a page to other files, without their headings."""
    return [
        match[2]
        for part in _FENCED.split(text)
        if not part.lstrip().startswith("```")
        for match in _LINK.finditer(part)
    ]


def with_site_links(text: str, page: Path) -> str:
    """The text of a page of the repository, with links that are right in the site.

    The examples are the only source files in the site. A link to any other source file becomes the file's path. Raises
    DeadLink.
    """
    parts = _FENCED.split(text)
    return "".join(
        part if part.lstrip().startswith("```") else _LINK.sub(lambda match: _site_link(match, page), part)
        for part in parts
    )


def _site_link(match: re.Match[str], page: Path) -> str:
    words, link, heading = match.groups()
    target = (page.parent / link).resolve()
    if not target.exists():
        raise DeadLink(f"{page.relative_to(ROOT)} links to {link}, which does not exist")
    place = _site_path(target)
    if place is not None:
        start = posixpath.dirname(_site_path(page) or "")
        return f"[{words}]({posixpath.relpath(place, start or '.')}{heading or ''})"
    path = target.relative_to(ROOT).as_posix()
    plain = words.strip("`")
    return f"`{path}`" if path.endswith(plain) else f"{words} (`{path}`)"


def _example_pages() -> list[Path]:
    return sorted(EXAMPLES.glob("*/README.md"))


def _site_path(path: Path) -> str | None:
    """The path that a file of the repository has in the site. None if the site does not contain the file."""
    name = path.relative_to(ROOT).as_posix()
    if path.is_file() and path.is_relative_to(DOCS):
        return path.relative_to(DOCS).as_posix()
    if path.is_file() and any(path.is_relative_to(page.parent) for page in _example_pages()):
        return name
    return {**_ROOT_PAGES, **_INDEX}.get(name)
