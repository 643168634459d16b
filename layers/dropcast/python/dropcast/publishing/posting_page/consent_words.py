"""The consent sentence above the page's button, and the consent that a person gives by pressing the button."""

from dataclasses import dataclass
from datetime import UTC, datetime

from dropcast import clock
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.posting_page.choices import PostChoices
from dropcast.publishing.posting_page.form_request import option_values

# The date of the consent texts. A change of any word needs a new date.
_WORDS_OF = "2026-11-29"
_BY_MAX = 256
_LEGAL = "https://www.tiktok.com/legal/page/global"


@dataclass(frozen=True)
class TextPart:
    """A part of a sentence. `link`: the address of the document that the part names, or None."""

    words: str
    link: str | None = None


@dataclass(frozen=True)
class ConsentSentence:
    """The consent sentence in parts.

    `version` identifies the wording. The form sends the version back when the person presses the button.
    """

    version: str
    parts: tuple[TextPart, ...]

    @property
    def text(self) -> str:
        """The whole sentence."""
        return "".join(part.words for part in self.parts)


_START = TextPart("By posting, you agree to TikTok's ")
_MUSIC = TextPart("Music Usage Confirmation", f"{_LEGAL}/music-usage-confirmation/en")
_BRANDED = TextPart("Branded Content Policy", f"{_LEGAL}/bc-policy/en")
_PLAIN_SENTENCE = ConsentSentence(f"{_WORDS_OF}-music", (_START, _MUSIC))
_BRANDED_SENTENCE = ConsentSentence(f"{_WORDS_OF}-branded", (_START, _BRANDED, TextPart(" and "), _MUSIC))


def consent_sentence(choices: PostChoices) -> ConsentSentence:
    """The sentence to show above the button for these choices."""
    return _BRANDED_SENTENCE if option_values(choices).get("brand_content") else _PLAIN_SENTENCE


def give_consent(
    shown: str, choices: PostChoices, caller: Caller, *, by: str, session_id: str
) -> RecordedConsent | Problem:
    """The consent of the person who pressed the button now. `by`: a name for the person, such as the key's name.

    `shown`: the version of the sentence that the page showed. Problem: consent_changed (the choices need another
    sentence).
    """
    sentence = consent_sentence(choices)
    if shown != sentence.version:
        return problem("consent_changed")
    return RecordedConsent(
        by=by[:_BY_MAX],
        at=datetime.fromtimestamp(clock.now(), UTC),
        text=sentence.text,
        version=sentence.version,
        key_id=caller.key_id,
        session_id=session_id,
        user_id=caller.user_id,
    )
