"""Words for a publish's states, history and durations. Each state also has a mark, because colour alone is not
enough.
"""

from dataclasses import dataclass

from dropcast.errors.problem import CATALOGUE, known_code
from dropcast.publishing.model.publish import HistoryEntry, Publish
from dropcast.publishing.model.states import State

from .account_views import Tone

_CAPTION_MAX = 80


@dataclass(frozen=True)
class StateWords:
    """A state on a page: its name, its mark, its tone and a sentence."""

    name: str
    mark: str
    tone: Tone
    sentence: str


@dataclass(frozen=True)
class ShownMoment:
    """A line of a publish's history. `after`: the time since the previous line. None for the first line."""

    at: int
    state: StateWords
    after: str | None
    code: str | None
    words: str | None


STATES: dict[State, StateWords] = {
    State.QUEUED: StateWords("Queued", "…", "waits", "Dropcast checks the file and the account next."),
    State.HELD: StateWords("Waiting", "‖", "waits", "Dropcast continues by itself at the time below."),
    State.STARTING: StateWords("Starting", "›", "waits", "Dropcast is starting the post at TikTok."),
    State.UPLOADING: StateWords("Sending", "↑", "waits", "Dropcast sends the file to TikTok."),
    State.PROCESSING: StateWords(
        "Processing", "◔", "waits", "TikTok has the post and processes it. This may take a few minutes."
    ),
    State.IN_INBOX: StateWords(
        "In the inbox",
        "↓",
        "done",
        "The draft is in the inbox of the TikTok app. The creator finishes it there.",
    ),
    State.PUBLISHED: StateWords("Published", "✓", "done", "The post is on TikTok."),
    State.FAILED: StateWords("Failed", "✗", "failed", "TikTok has no post of this publish."),
    State.UNKNOWN: StateWords(
        "Unknown",
        "?",
        "waits",
        "Dropcast does not know whether TikTok posted this. Look at the TikTok profile before you post again.",
    ),
    State.CANCELLED: StateWords("Cancelled", "–", "waits", "Nothing was posted."),
}
_CODES = {
    "scheduled": "It waits for its time.",
    "edited": "A person or a program changed it. The checks begin again.",
    "restarted": "A person or a program restarted it.",
    "said_posted": "A person reported that the post exists.",
    "said_not_posted": "A person reported that the post does not exist.",
}


def shown_history(publish: Publish) -> list[ShownMoment]:
    """The lines of the history, with the times between them. If lines were dropped from a long history, the time across
    the gap is shown like any other time.
    """
    before: list[int | None] = [None, *(line.at for line in publish.history)]
    return [_shown_moment(line, last) for line, last in zip(publish.history, before, strict=False)]


def duration(seconds: int) -> str:
    """A duration in its two largest units: 2 h 5 min."""
    units = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        amount, seconds = divmod(seconds, size)
        if amount or (name == "s" and not parts):
            parts.append(f"{amount} {name}")
    return " ".join(parts[:2])


def caption_start(publish: Publish) -> str:
    """The first words of the post's text. Empty if the post has no text."""
    options = publish.options
    text = "" if options is None else " ".join((options.title or options.description).split())
    return text if len(text) <= _CAPTION_MAX else f"{text[:_CAPTION_MAX].rstrip()}…"


def what_it_is(publish: Publish) -> str:
    """The kind and the mode, such as "Video, as a draft"."""
    kind = "Video" if publish.kind == "video" else "Photos"
    return f"{kind}, as a draft" if publish.mode == "draft" else kind


def _shown_moment(line: HistoryEntry, before: int | None) -> ShownMoment:
    after = None if before is None else duration(max(0, line.at - before))
    return ShownMoment(line.at, STATES[line.state], after, line.code, line.code and _code_words(line.code))


def _code_words(code: str) -> str | None:
    """The meaning of a code in the history. None if its text needs details, which the history does not keep."""
    if code in _CODES:
        return _CODES[code]
    message = CATALOGUE[known_code(code)].message
    return message if code in CATALOGUE and "{" not in message else None
