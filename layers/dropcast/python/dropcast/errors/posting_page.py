"""Problems of a form on the console's posting page. Some texts are TikTok's own words (protocol section 10.5)."""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

POSTING_PAGE: dict[ErrorCode, Entry] = {
    "media_not_chosen": Entry(
        "There is no file to post yet.", "Choose a video, or pictures for a photo post.", Next.NONE
    ),
    "audience_not_chosen": Entry("No audience is chosen yet.", "Choose who can view this post.", Next.NONE),
    "time_not_chosen": Entry("No time is chosen yet.", "Choose a date and a time, or Now.", Next.NONE),
    "branded_not_private": Entry(
        "Branded content visibility cannot be set to private.",
        "Choose another audience, or switch Branded content off.",
        Next.NONE,
    ),
    "disclosure_undecided": Entry(
        "You need to indicate if your content promotes yourself, a third party, or both.",
        "Choose Your brand, Branded content or both, or switch the disclosure off.",
        Next.NONE,
    ),
    "field_invalid": Entry("This field is invalid: {reason}.", "Correct the field.", Next.NONE),
    "time_skipped": Entry(
        "The time {local} does not exist, because the clocks of {time_zone} go forward at that moment.",
        "Choose a time before or after the clock change.",
        Next.NONE,
    ),
    "time_repeated": Entry(
        "The time {local} occurs twice, because the clocks of {time_zone} go back at that moment.",
        "Choose the first or the second occurrence.",
        Next.NONE,
    ),
    "consent_changed": Entry(
        "The consent text has changed since the page showed it.",
        "Read the text above the button, then press the button again.",
        Next.NONE,
    ),
}
