"""Rejects words that make sentences hard to read, in docstrings, comments, messages and pages.

`python -m tests.plain_words` prints each place and fails. Write a sentence with subject, verb and object that names the
actor: the caller, the function, TikTok, the worker. If a word is right in its place, add it to EXCEPTIONS.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

BANNED = {
    r"\b(?:some|any|no)body\b": "the actor: the caller, the function, TikTok",
    r"\bwho(?:so)?ever\b": "the actor: the caller, the function, TikTok",
    r"\bnought\b": "0, none or empty",
    r"\bhears\b": "receives, or learns",
    r"\ba (?:yes|no)\b(?! ?-)": "a success, or a refusal",
    r"\bforerunner\b": "the previous one",
    r"\bwhat (?:becomes|became|comes|came|is|was) of (?:it|them)\b": "the outcome",
    r"\bmend(?:s|ed|ing)?\b": "fix, repair or convert",
    r"\bone road\b|\bsame road\b|\bown road\b": "flow, or way",
    r"\bhow things stand\b": "the state",
    r"\ball the same\b(?=[,.:;])": "nevertheless",
    r"\bever more rarely\b": "at growing intervals",
    r"\bcomes? through(?=[,.;])": "is passed on",
}
_WORDS = re.compile("|".join(f"(?:{pattern})" for pattern in BANNED), re.IGNORECASE)

COVERED = (
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs",
    "layers/dropcast/python/dropcast",
    "functions",
    "infra",
    "clients",
    "cli",
    "local",
    "sandbox",
    "bench",
    "docsite",
    "tests",
)
# Files that are still to be rewritten. Remove a name once its file is clean; do not add any.
NOT_YET: tuple[str, ...] = ()
# The words that are right in a file, with the reason.
EXCEPTIONS = {
    "layers/dropcast/python/dropcast/media/picture/convert.py": {"mended"},  # the name of a published field
    "layers/dropcast/python/dropcast/publishing/model/publish.py": {"mended"},  # the same field
}


def main() -> None:
    found = [complaint for path in _paths() for complaint in _complaints(path)]
    print(*found, sep="\n", file=sys.stderr)
    sys.exit(bool(found))


def _paths() -> Iterator[Path]:
    for name in COVERED:
        place = ROOT / name
        paths = [place] if place.is_file() else sorted([*place.rglob("*.py"), *place.rglob("*.md")])
        yield from (path for path in paths if path.relative_to(ROOT).as_posix() not in NOT_YET)


def _complaints(path: Path) -> Iterator[str]:
    name, source = path.relative_to(ROOT).as_posix(), path.read_text()
    texts = _code_texts(source) if path.suffix == ".py" else enumerate(_page_lines(source), 1)
    for line, text in texts:
        for match in _WORDS.finditer(text):
            word = match[0].lower()
            if word not in EXCEPTIONS.get(name, ()):
                yield f"{name}:{line}: not '{word}', but {_advice(word)}"


def _code_texts(source: str) -> Iterator[tuple[int, str]]:
    """A Python file's comments and its texts of more than one word, each with its first line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value
    if not any(_WORDS.search(line, line.index("#")) for line in source.splitlines() if "#" in line):
        return  # no comment has such a word, and to find the comments takes most of the time
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _page_lines(page: str) -> list[str]:
    """A page's lines without code spans and blocks."""
    prose = re.sub(r"^ *```.*?^ *```", lambda block: "\n" * block[0].count("\n"), page, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", prose).splitlines()


def _advice(word: str) -> str:
    return next(
        (advice for pattern, advice in BANNED.items() if re.search(pattern, word, re.IGNORECASE)), "plain words"
    )


if __name__ == "__main__":
    main()
