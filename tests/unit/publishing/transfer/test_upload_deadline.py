from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.model.publish import HistoryEntry
from dropcast.publishing.model.states import State
from dropcast.publishing.transfer.upload_deadline import deadline_outlook, url_given_at

MB = 1_000_000


def test_an_upload_is_not_judged_in_its_first_minute():
    assert deadline_outlook(sent=MB, seconds=59, left=4000 * MB, age=60) == "fine"
    assert deadline_outlook(sent=0, seconds=600, left=4000 * MB, age=600) == "fine"


def test_an_upload_of_some_minutes_is_fine():
    assert deadline_outlook(sent=600 * MB, seconds=60, left=3400 * MB, age=60) == "fine"


def test_an_upload_that_passes_45_minutes_is_late():
    assert deadline_outlook(sent=80 * MB, seconds=60, left=3600 * MB, age=60) == "late"


def test_an_upload_that_would_be_late_even_at_1_5_times_its_speed_is_hopeless():
    assert deadline_outlook(sent=30 * MB, seconds=60, left=3900 * MB, age=60) == "hopeless"


@given(
    sent=st.integers(1, 4000 * MB),
    seconds=st.floats(60, 3600),
    left=st.integers(0, 4000 * MB),
    age=st.floats(60, 3600),
)
def test_an_upload_that_ends_within_the_hour_at_its_speed_is_never_hopeless(sent, seconds, left, age):
    if age + left * seconds / sent <= 3600:
        assert deadline_outlook(sent=sent, seconds=seconds, left=left, age=age) != "hopeless"


def test_the_age_of_the_upload_url_counts_from_the_last_move_to_uploading():
    history = [HistoryEntry(at=at, state=state) for at, state in [(1, State.UPLOADING), (5, State.QUEUED)]]

    assert (
        url_given_at([*history, HistoryEntry(at=9, state=State.UPLOADING), HistoryEntry(at=11, state=State.FAILED)])
        == 9
    )
