"""The pages of comments: their content, and the number of calls of a view."""

import re

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import dynamo
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import HistoryEntry, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.tiktok.business.oauth import HolderGrant
from tests.unit.support.accounts import BUCKET, NOW, change_account
from tests.unit.support.comments import VIDEO, comments_at
from tests.unit.support.console import signed_in


@pytest.fixture
def account(tiktok, business) -> str:
    tiktok.scopes += ",video.list"
    made = save_connection("user-1", tiktok.grant())
    assert isinstance(made, Account)
    tiktok.asked.clear()
    return made.account_id


@pytest.fixture
def connected(account, business) -> str:
    """The account, with a connection for its comments."""
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    save_business(BusinessConsent("user-1", "7000", NOW, account), grant)
    return account


@pytest.fixture
def theirs(connected, business, held_clock):
    return comments_at(business, held_clock)


@pytest.fixture
def path(account) -> str:
    return f"/console/accounts/{account}/comments"


def test_the_videos_lead_to_their_comments(theirs, path, tiktok):
    tiktok.videos = [{"id": VIDEO, "title": "Cats <3", "create_time": NOW, "comment_count": 1234}]
    tiktok.more_videos = True

    shown = signed_in("read").get(path)

    assert "Cats <3 15 January 2027, 08:00 UTC · 1,234 comments" in shown.words()
    assert f'href="{path}?video={VIDEO}"' in shown.text
    assert f'href="{path}?next=1700000000000"' in shown.text
    assert theirs.calls == []


@pytest.mark.parametrize("cursor", ["x", "-1", "1" * 40, "1e3"])
def test_a_cursor_that_makes_no_sense_begins_at_the_newest_video(theirs, path, tiktok, cursor):
    assert signed_in("read").get(path, next=cursor).status == 200
    assert tiktok.bodies == [{"max_count": 20}]


def test_without_the_permission_to_list_videos_the_posts_of_dropcast_are_listed(theirs, path, account, tiktok):
    change_account(account, scopes=["video.publish"])
    for title, post_id, state in (("Harbour", VIDEO, State.PUBLISHED), ("Not yet", "72", State.QUEUED)):
        publish = new_publish(account, Source(bucket=BUCKET, key="a.mp4"), "api", PublishOptions(title=title))
        history = [*publish.history, HistoryEntry(at=NOW, state=state)]
        publish = publish.model_copy(update={"state": state, "post_ids": [post_id], "history": history})
        assert dynamo.write_all([publish_store.put_write(publish, unstarted=False)])

    shown = signed_in("read").get(path)

    assert "Posts that dropcast.example published." in shown.words()
    assert "Harbour 15 January 2027, 08:00 UTC Comments of Harbour" in shown.words()
    assert re.findall(r'\?video=(\w+)"', shown.text) == [VIDEO]
    assert tiktok.asked == []


def test_a_video_can_be_named(theirs, path):
    assert "video" in signed_in("read").get(path).form(path).fields


@pytest.mark.parametrize("query", [{}, {"video": VIDEO}], ids=["videos", "comments"])
@pytest.mark.parametrize(("scopes", "has_button"), [(("admin",), True), (("read", "publish"), False)])
def test_without_a_business_connection_the_page_says_how_to_connect(account, path, tiktok, scopes, has_button, query):
    shown = signed_in(*scopes).get(path, **query)

    assert "The comments are not connected yet" in shown.words()
    assert (f'action="/console/accounts/{account}/business"' in shown.text) is has_button
    assert ("Ask a person with an admin key" in shown.words()) is not has_button
    assert tiktok.asked == []


def test_comments_are_shown_with_who_wrote_them_and_how_they_stand(theirs, path):
    theirs.add("What is its name?", owner=False, at=NOW - 60)
    theirs.rows[0] |= {"display_name": "Ben B", "likes": 3, "replies": 1, "status": "HIDDEN", "pinned": True}
    theirs.add("Minka")

    words = signed_in("read").get(path, video=VIDEO).words()

    assert "ana @ana · 15 January 2027, 08:00 UTC Your account Minka" in words
    assert "Ben B @ana · 15 January 2027, 07:59 UTC Hidden Pinned What is its name? 3 likes · 1 reply" in words


def test_texts_of_tiktok_are_shown_as_text_only(theirs, path):
    theirs.add("<img src=x onerror=alert(1)> {{ 7 * 7 }}", owner=False)
    theirs.rows[0] |= {"display_name": "<script>alert(1)</script>"}

    text = signed_in("publish", "read").get(path, video=VIDEO).text

    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7 * 7 }}" in text
    assert "<img" not in text.partition("<main")[2]
    assert "<script>alert" not in text


def test_the_order_and_the_hidden_ones_are_chosen_by_the_address(theirs, path, business):
    shown = signed_in("read").get(path, video=VIDEO, sort="likes-desc", status="public")

    assert shown.form(path).fields == {"video": VIDEO, "sort": "likes-desc", "status": "public"}
    nonsense = signed_in("read").get(path, video=VIDEO, sort="x", status="<b>")
    assert nonsense.form(path).fields == {"video": VIDEO, "sort": "time-desc", "status": "all"}


def test_more_comments_are_one_link_away(theirs, path):
    theirs.page = 1
    theirs.add("older", owner=False, at=NOW - 60)
    theirs.add("newer", owner=False)
    visitor = signed_in("read")

    first = visitor.get(path, video=VIDEO)
    [link] = re.findall(r'href="([^"]*)">More comments', first.text)
    last = visitor.get(path, video=VIDEO, next=link.rpartition("next=")[2])

    assert ("newer" in first.text, "older" in first.text) == (True, False)
    assert ("newer" in last.text, "older" in last.text) == (False, True)
    assert "More comments" not in last.text


def test_the_replies_to_a_comment_have_a_page(theirs, path):
    comment = theirs.add("Why?", owner=False)
    theirs.rows[0]["replies"] = 5
    theirs.add("Because", parent=comment)
    visitor = signed_in("read", "publish")

    first = visitor.get(path, video=VIDEO)
    replies = visitor.get(path, video=VIDEO, comment=comment)

    assert f'href="{path}?video={VIDEO}&amp;comment={comment}"' in first.text
    assert ("Because" in replies.text, "Why?" in replies.text) == (True, False)
    assert replies.form(path).fields["comment"] == comment
    assert "Pin" not in replies.words()


def test_a_look_says_what_it_costs(theirs, path):
    visitor = signed_in("read")
    visitor.get(path, video=VIDEO)

    words = visitor.get(path, video=VIDEO).words()

    assert "Each view and each action makes one call to TikTok" in words
    assert "This account made 2 of the 40 calls that it may make in a minute." in words


def test_more_looks_than_the_limit_are_refused_in_words_without_a_call(theirs, path):
    visitor = signed_in("read")
    for _ in range(40):
        visitor.get(path, video=VIDEO)

    shown = visitor.get(path, video=VIDEO)

    assert (shown.status, shown.headers["Retry-After"]) == (429, "62")
    assert "exceeded the limit for one minute" in shown.words()
    assert "Try again in 62 seconds." in shown.words()
    assert len(theirs.calls) == 40


@pytest.mark.parametrize(
    ("plan", "status", "words"),
    [
        ("refuse:40100", 429, "exceeded the limit for one minute"),
        ("refuse:40002", 502, "refused the request with code 40002: no"),
        ("refuse:40001", 409, "needs a permission of TikTok API for Business"),
        ("not_connected", 502, "TikTok"),
        ("html", 502, "TikTok"),
    ],
)
def test_a_refusal_of_tiktok_is_shown_in_words_and_the_page_stays_usable(theirs, path, plan, status, words):
    theirs.plan = [plan]

    shown = signed_in("read").get(path, video=VIDEO)

    assert shown.status == status
    assert words in shown.words()
    assert "Refresh" in shown.words()


def test_a_key_that_may_only_read_gets_no_form_that_writes(theirs, path):
    theirs.add("Hello", owner=False)

    shown = signed_in("read").get(path, video=VIDEO)

    assert "Hello" in shown.text
    assert 'name="mark"' not in shown.text
    assert "<textarea" not in shown.text
    assert "This API key does not have the scope publish" in shown.words()


@pytest.mark.parametrize("query", [{}, {"video": VIDEO}, {"video": VIDEO, "comment": "72"}], ids=str)
def test_another_user_s_account_does_not_exist(theirs, path, query, tiktok):
    shown = signed_in("read", "publish", user_id="user-2").get(path, **query)

    assert shown.status == 404
    assert (theirs.calls, tiktok.asked) == ([], [])


@pytest.mark.parametrize("video", ["a/b", "../x", "x" * 65, "<b>", " "])
def test_an_id_that_makes_no_sense_shows_the_videos(theirs, path, video):
    shown = signed_in("read").get(path, video=video)

    assert shown.status == 200
    assert "A video by its id" in shown.words()
    assert theirs.calls == []


@pytest.mark.parametrize(("query", "calls"), [({}, 9), ({"video": VIDEO}, 11)], ids=["videos", "comments"])
def test_a_view_asks_tiktok_once_and_makes_few_aws_calls(theirs, path, aws_calls, tiktok, query, calls):
    visitor = signed_in("read", user_id="user-1")
    visitor.get(path, **query)
    for made in (aws_calls, theirs.calls, tiktok.asked):
        made.clear()

    visitor.get(path, **query)

    assert len(theirs.calls) + len(tiktok.asked) == 1
    assert len(aws_calls) == calls, aws_calls


def test_the_account_s_page_leads_to_its_comments(theirs, account, path):
    assert f'href="{path}"' in signed_in("read").get(f"/console/accounts/{account}").text
