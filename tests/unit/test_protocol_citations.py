"""Code and pages cite sections of docs/tiktok-protocol.md. Each cited section exists, and the sections are in order."""

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from local.folder import ROOT

PAGE = ROOT / "docs" / "tiktok-protocol.md"

_SUFFIXES = {".py", ".md", ".html", ".js", ".ts", ".css", ".toml", ".yaml", ".c"}
_GENERATED = {"node_modules", "cdk.out", "__pycache__"}

_N = r"\d{1,2}(?:\.\d{1,2})?"
_LIST = rf"{_N}(?:, {_N})*(?:,? and {_N})?"
# "section 4", "sections 4.5 and 4.6", "sections 1.2-1.6", "protocol 1.7, 6 and 11"; each needs a clear end.
_CITATION = re.compile(
    rf"\b(?:section {_N}|sections (?:{_N}-{_N}|{_LIST})|protocol {_LIST})"
    r"(?!\.?\d)(?!\s?(?:,|and|or|to|through|&|/|\+|-|–)\s?\d)",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"\b(?:sections?|protocol)\s?(?=\d)", re.IGNORECASE)
_ODD = re.compile(
    r"§\s?\d|\bsect?\.\s?\d|\b(?:chapter|clause) \d"  # other words for a section
    rf"|\w \(\d{{1,2}}\.\d{{1,2}}(?:(?:, | and |-){_N})*\)",  # a bare "(1.7)"
    re.IGNORECASE,
)
_STANDARD = re.compile(rf"\b(?:ISO|RFC)[ \d-]+\d,? sections? {_LIST}(?:\.\d+)*(?: and [\d.]*\d)?", re.IGNORECASE)
_LINK = re.compile(r"tiktok-protocol\.md#([^\s)\"'>]+)")
_HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? \S", re.MULTILINE)


def sources() -> Iterator[Path]:
    """Every text file in the repository, except this one."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _GENERATED]
        paths = (Path(folder, name) for name in names)
        yield from (path for path in paths if path.suffix in _SUFFIXES and path != Path(__file__))


@cache
def texts() -> dict[str, str]:
    """Each file's text by its path, as one line, without citations of standards."""
    return {str(path.relative_to(ROOT)): joined(path.read_text()) for path in sources()}


def joined(text: str) -> str:
    """`text` as one line, so that a citation across a line break stays in one piece."""
    return _STANDARD.sub("", re.sub(r"\n\s*(?:# )?", " ", text))


def cited(text: str) -> list[str]:
    """The section numbers that `text` cites."""
    return [number for match in _CITATION.finditer(text) for number in re.findall(_N, match[0])]


def odd(text: str) -> list[str]:
    """Citations in `text` that `cited` would miss, each with its surrounding characters."""
    starts = [match.start() for match in _ODD.finditer(text)]
    starts += [match.start() for match in _BEGUN.finditer(text) if not _CITATION.match(text, match.start())]
    return [text[max(start - 20, 0) : start + 30] for start in starts]


def numbers() -> list[str]:
    """The numbers of the page's headings, from top to bottom."""
    return _HEADING.findall(PAGE.read_text())


def anchors() -> list[str]:
    """The ids of the page's anchors, from top to bottom."""
    return re.findall(r'^<a id="([^"]+)"></a>$', PAGE.read_text(), re.MULTILINE)


def test_each_cited_section_exists():
    known = set(numbers())

    missing = {path: gone for path, text in texts().items() if (gone := set(cited(text)) - known)}

    assert missing == {}


def test_each_citation_has_a_form_that_is_checked():
    strange = {path: found for path, text in texts().items() if (found := odd(text))}

    assert strange == {}


def test_the_code_cites_the_page_often():
    files = [path for path, text in texts().items() if cited(text)]

    assert len(files) > 80
    assert len([path for path in files if path.startswith("layers/")]) > 40
    assert len([path for path in files if path.startswith("sandbox/")]) > 25


def test_each_link_to_a_section_has_its_anchor():
    known = set(anchors())
    inside = re.findall(r"\]\(#([^)]+)\)", PAGE.read_text())
    outside = [(path, anchor) for path, text in texts().items() for anchor in _LINK.findall(text)]

    assert [anchor for anchor in inside if anchor not in known] == []
    assert [(path, anchor) for path, anchor in outside if anchor not in known] == []
    assert inside


def test_heading_numbers_are_unique_and_in_order():
    order = [tuple(int(part) for part in number.split(".")) for number in numbers()]

    assert order == sorted(set(order))
    assert {chapter[0] for chapter in order} == set(range(18))


def test_each_numbered_heading_has_its_level_and_its_anchor():
    page = PAGE.read_text()
    chapters = re.findall(r"^## (.*)$", page, re.MULTILINE)
    parts = re.findall(r"^### (\d.*)$", page, re.MULTILINE)
    anchored = re.findall(r'^<a id="([^"]+)"></a>\n#{2,3} \1\.? \S', page, re.MULTILINE)

    assert [title for title in chapters if not re.match(r"\d+\. \S", title)] == []
    assert [title for title in parts if not re.match(r"\d+\.\d+ \S", title)] == []
    assert anchors() == anchored == numbers()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the plan (protocol section 4.4).", ["4.4"]),
        ("Section 8's lists", ["8"]),
        ("(sections 12, 13.0)", ["12", "13.0"]),
        ("sections 2, 3.5, 10.1 and 11.", ["2", "3.5", "10.1", "11"]),
        ("sections 1.2-1.6", ["1.2", "1.6"]),
        ("(protocol 1.7, 6 and 11)", ["1.7", "6", "11"]),
        ("# as in protocol\n    # section 9", ["9"]),
        ("ISO 14496-12 sections 8.6.1.2 and 8.6.6, RFC 4627 section 3", []),
    ],
)
def test_a_citation_is_found(text: str, found: list[str]):
    assert cited(joined(text)) == found
    assert odd(joined(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "section 1.1, 1.5",
        "section 4.5 and 4.6",
        "sections 4.5/4.6",
        "sections 1.2-1.6-1.8",
        "section 4.5.1",
        "§4.5",
        "sec. 4",
        "OAuth's flat errors (1.7).",
        "as it says (1.3, 1.4)",
        "section4.5",
    ],
)
def test_a_citation_in_another_form_is_reported(text: str):
    assert odd(joined(text))
