"""Answering and moderating comments from the console."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.functions.test_console_comments import account as account
from tests.unit.functions.test_console_comments import connected as connected
from tests.unit.functions.test_console_comments import path as path
from tests.unit.functions.test_console_comments import theirs as theirs
from tests.unit.support.comments import VIDEO, FakeComments
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.forms import Form, forms_of

HTMX = {"hx-request": "true"}


@dataclass
class Page:
    """A page of comments in a browser that is signed in."""

    visitor: Visitor
    path: str
    shown: Shown

    def forms(self, action: str) -> list[Form]:
        return [form for form in forms_of(self.shown.text) if form.action == action]

    def writes(self, comment_id: str | None = None) -> Form:
        """The form that writes a reply to the comment, or a comment on the video."""
        [form] = [
            one for one in self.forms(self.path) if "text" in one.fields and one.fields.get("comment") == comment_id
        ]
        return form

    def marks(self, comment_id: str) -> Form:
        [form] = [one for one in self.forms(f"{self.path}/mark") if one.fields["comment"] == comment_id]
        return form

    def send(self, form: Form, **filled: str) -> Shown:
        return self.visitor.submit(form, HTMX, **filled)


@pytest.fixture
def comment(theirs) -> str:
    return theirs.add("What is its name?", owner=False)


@pytest.fixture
def page(comment: str, path: str) -> Page:
    visitor = signed_in("read", "publish")
    return Page(visitor, path, visitor.get(path, video=VIDEO))


def below(theirs: FakeComments, parent: str | None) -> list[str]:
    return [row["text"] for row in theirs.rows if row["owner"] and row.get("parent_comment_id") == parent]


def test_a_reply_is_sent_and_the_form_is_empty_again(page, theirs, comment):
    answer = page.send(page.writes(comment), text="Minka")

    [again] = forms_of(answer.text)
    assert answer.status == 200
    assert "Sent." in answer.words()
    assert below(theirs, comment) == ["Minka"]
    assert again.fields["text"] == ""
    assert again.fields["once"] != page.writes(comment).fields["once"]


def test_a_comment_below_the_video_is_sent(page, theirs):
    page.send(page.writes(), text="Thanks,\r\nall")

    assert below(theirs, None) == ["Thanks,\nall"]


@pytest.mark.parametrize("presses", [2, 5])
def test_pressing_again_answers_once(page, theirs, comment, presses):
    form = page.writes(comment)

    answers = [page.send(form, text="Minka") for _ in range(presses)]

    assert {answer.status for answer in answers} == {200}
    assert theirs.writes() == 1


def test_who_pressed_is_logged_as_the_person_who_approved_and_the_text_is_not(page, comment, written):
    page.send(page.writes(comment), text="canary-text")

    output = written().replace(" ", "")
    assert '"message":"comment.sent"' in output
    assert '"approved_by":"Ana\'skey"' in output
    assert "canary" not in output


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "a\x07b", "x" * 151])
def test_a_text_that_tiktok_would_not_take_is_explained_and_kept(page, theirs, comment, text):
    answer = page.send(page.writes(comment), text=text)

    assert answer.status == 400
    assert "This field is invalid" in answer.words()
    assert forms_of(answer.text)[0].fields["text"] == text
    assert theirs.writes() == 0


def test_a_lost_answer_whose_comment_is_found_is_said_to_be_found(page, theirs, comment):
    theirs.plan = ["reply/create@lost_after"]

    answer = page.send(page.writes(comment), text="Minka")

    assert "TikTok's answer was lost, and Dropcast found the comment in TikTok's list." in answer.words()
    assert below(theirs, comment) == ["Minka"]


def test_a_lost_answer_that_nothing_resolves_is_said_to_be_unknown_and_is_not_sent_again(page, theirs, comment):
    theirs.plan = ["reply/create@lost_after", "reply/list@html", "reply/list@html", "reply/list@html"]
    form = page.writes(comment)

    lost = page.send(form, text="Minka")
    [kept] = forms_of(lost.text)
    theirs.plan = []
    again = page.send(kept)

    assert lost.status == 502
    assert "does not know whether the comment was created" in lost.words()
    assert "Dropcast only looks for the comment" in lost.words()
    assert kept.fields == form.fields | {"text": "Minka"}
    assert "found the comment" in again.words()
    assert theirs.writes() == 1


def test_another_text_in_the_same_form_after_a_lost_answer_is_not_sent(page, theirs, comment):
    theirs.plan = ["reply/create@lost_after", "reply/list@html", "reply/list@html", "reply/list@html"]
    form = page.writes(comment)
    page.send(form, text="Minka")
    theirs.plan = []

    answer = page.send(form, text="Minka!")

    assert answer.status == 409
    assert "To write another comment, reload this page." in answer.words()
    assert theirs.writes() == 1


@pytest.mark.parametrize("plan", ["refuse:40002", "not_connected"])
def test_what_tiktok_refuses_can_be_changed_and_sent_again(page, theirs, comment, plan):
    theirs.plan = [f"reply/create@{plan}"]

    refused = page.send(page.writes(comment), text="Minka")
    again = page.send(forms_of(refused.text)[0], text="Minka!")

    assert (refused.status, again.status) == (502, 200)
    assert below(theirs, comment) == ["Minka!"]


@pytest.mark.parametrize(
    ("mark", "words", "undo"),
    [
        ("hide", "Hidden.", "unhide"),
        ("like", "Liked.", "unlike"),
        ("pin", "Pinned.", "unpin"),
    ],
)
def test_a_comment_is_moderated_and_the_button_undoes_it(page, theirs, comment, mark, words, undo):
    theirs.calls.clear()

    done = page.send(page.marks(comment), mark=mark)
    undone = page.send(forms_of(done.text)[0], mark=undo)

    assert words in done.words()
    assert f'value="{undo}"' in done.text
    assert f'value="{mark}"' in undone.text
    assert theirs.calls == [mark, mark]


def test_only_own_comments_can_be_deleted(page, theirs, comment, path):
    own = theirs.add("Mine")
    shown = page.visitor.get(path, video=VIDEO)
    page = Page(page.visitor, path, shown)
    theirs.calls.clear()

    deleted = page.send(page.marks(own), mark="delete")

    assert shown.text.count('value="delete"') == 1
    assert "Deleted." in deleted.words()
    assert "<button" not in deleted.text
    assert theirs.calls == ["delete"]


def test_a_refusal_stands_beside_the_buttons(page, theirs, comment):
    theirs.plan = ["pin@refuse:40002"]

    answer = page.send(page.marks(comment), mark="pin")

    assert answer.status == 502
    assert "with code 40002" in answer.words()
    assert "is too new to be pinned" in answer.words()
    assert 'value="pin"' in answer.text


@pytest.mark.parametrize(
    "more",
    [
        {"mark": "report"},
        {"mark": ""},
        {"comment": "a/b"},
        {"comment": ""},
        {"video": "../x"},
    ],
    ids=str,
)
def test_a_form_that_makes_no_sense_changes_nothing(page, theirs, comment, more: dict[str, Any]):
    theirs.calls.clear()

    answer = page.send(page.marks(comment), **({"mark": "hide"} | more))

    assert "form_expired" in answer.text
    assert theirs.calls == []


@pytest.mark.parametrize("more", [{"once": ""}, {"once": "x"}, {"video": ""}, {"comment": "a/b"}])
def test_a_comment_without_the_fields_of_its_form_is_not_sent(page, theirs, comment, more: dict[str, str]):
    answer = page.send(page.writes(comment), text="Minka", **more)

    assert "form_expired" in answer.text
    assert theirs.writes() == 0


def test_states_that_no_page_gave_are_ignored(page, comment):
    answer = page.send(page.marks(comment), mark="hide", states="<b> own owned")

    assert forms_of(answer.text)[0].fields["states"] == "hidden own"


def test_another_user_s_key_and_a_key_that_may_only_read_change_nothing(page, theirs, comment):
    theirs.calls.clear()
    answers: list[Shown] = []
    for visitor in (signed_in("read", "publish", user_id="user-2"), signed_in("read"), signed_in("draft")):
        for form, more in ((page.writes(comment), {"text": "Minka"}), (page.marks(comment), {"mark": "hide"})):
            answers.append(visitor.submit(form, HTMX, **more, csrf=visitor.csrf()))

    assert [answer.status for answer in answers] == [404, 404, 403, 403, 403, 403]
    assert theirs.calls == []


def test_the_token_of_another_session_changes_nothing(page, theirs, comment):
    theirs.calls.clear()
    other = signed_in("read", "publish").csrf()

    answers = [
        page.send(page.writes(comment), text="Minka", csrf=other),
        page.send(page.marks(comment), mark="hide", csrf=other),
    ]

    assert all("form_expired" in answer.text for answer in answers)
    assert theirs.calls == []


def test_a_browser_without_scripts_gets_the_list_again(page, theirs, comment):
    answer = page.visitor.submit(page.writes(comment), text="Minka")

    assert (answer.status, answer.headers["Location"]) == (303, f"{page.path}?video={VIDEO}")
    assert theirs.writes() == 1
