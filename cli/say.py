"""What the command tells a person. Results go to stdout, where scripts read them, and words to stderr."""

from rich.console import Console
from rich.text import Text

_words = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for the person."""
    _words.print(Text(text))


def fail(text: str, fix: str) -> None:
    """What went wrong and what helps."""
    _words.print(Text(text, "red"))
    _words.print(Text(fix))
