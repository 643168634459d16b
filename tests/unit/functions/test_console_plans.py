"""The page of a plan: a person sees what an API key prepared, and decides what TikTok wants a person to decide."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from dropcast.caller import SYSTEM
from dropcast.errors.problem import http_status
from dropcast.publishing.store.list_queries import PublishPage
from dropcast.publishing.store.listing import ListQuery, publishes_page
from tests.unit.support.accounts import BUCKET, HeldClock
from tests.unit.support.console import Shown, Visitor, new_key, signed_in
from tests.unit.support.plans import Planner, put_video, stored_publishes
from tests.unit.support.plans import planner as make_planner

ALL_ON = {
    "title": "A walk",
    "hashtags": ["sea"],
    "privacy_level": "PUBLIC_TO_EVERYONE",
    "allow_comment": True,
    "allow_stitch": True,
    "brand_organic": True,
    "is_aigc": True,
    "cover_timestamp_ms": 500,
    "reference": "order-7",
}


@pytest.fixture
def agent(cloud: pytest.MonkeyPatch, tiktok) -> Planner:
    """A key with the scope draft, which may plan a direct post but not publish it."""
    key, _ = new_key("draft")
    return replace(make_planner(cloud, tiktok), scopes=("draft",), key_id=key.key_id)


def hidden(shown: Shown, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', shown.text)
    assert found
    return found[1].replace("&#34;", '"').replace("&#39;", "'")


def form_of(shown: Shown, **chosen: str) -> dict[str, str]:
    names = ("csrf", "once", "creator", "kind", "mode", "consent")
    return {name: hidden(shown, name) for name in names} | {"privacy_level": "SELF_ONLY"} | chosen


def post(visitor: Visitor, plan_id: str, **chosen: str) -> Shown:
    return visitor.post(page_of(plan_id), form_of(visitor.get(page_of(plan_id)), **chosen))


def page_of(plan_id: str) -> str:
    return f"/console/plans/{plan_id}"


def test_the_page_begins_with_what_the_plan_may_fill_in(agent: Planner):
    plan_id = agent.plan_id(**ALL_ON)

    shown = signed_in("publish").get(page_of(plan_id))

    assert shown.status == 200
    assert ">A walk #sea</textarea>" in shown.text
    assert hidden(shown, "cover_timestamp_ms") == "500"
    assert re.search(r'id="is_aigc"[^>]* checked', shown.text)
    assert "&#34;key&#34;: &#34;a.mp4&#34;" in shown.text
    assert f'hx-post="{page_of(plan_id)}"' in shown.text


def test_what_a_person_must_choose_is_proposed_in_words_and_not_chosen(agent: Planner):
    plan_id = agent.plan_id(**ALL_ON)

    shown = signed_in("publish").get(page_of(plan_id))

    words = shown.words()
    assert "Who can see this post Everyone Allow others to Comment, Stitch Disclose post content Your brand" in words
    assert '<option value="" selected disabled hidden>' in shown.text
    for name in ("allow_comment", "allow_duet", "allow_stitch", "disclosure"):
        assert re.search(rf'id="{name}" name="{name}" value="1">', shown.text), name


def test_the_page_names_the_key_that_prepared_the_plan_and_when(agent: Planner, held_clock: HeldClock):
    plan_id = agent.plan_id()

    words = signed_in("publish").get(page_of(plan_id)).words()

    assert re.search(r"Ana's key prepared this post \d+ \w+ \d{4}, \d\d:\d\d UTC", words)
    assert "This page works until" in words


def test_the_agent_s_words_are_data(agent: Planner):
    plan_id = agent.plan_id(title='</textarea><script>alert("1")</script>')

    shown = signed_in("publish").get(page_of(plan_id))

    assert "<script>alert" not in shown.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in shown.text


def test_a_person_posts_what_they_chose_and_spends_the_plan(agent: Planner):
    plan_id = agent.plan_id(**ALL_ON)

    answer = post(signed_in("publish"), plan_id, title="My own words", allow_comment="1")

    [publish] = stored()
    assert answer.headers["Location"] == f"/console/publishes/{publish.publish_id}?sent=plan.{plan_id}"
    assert (publish.options.title, publish.options.hashtags) == ("My own words", [])
    assert publish.options.privacy_level == "SELF_ONLY"
    assert (publish.options.allow_comment, publish.options.allow_stitch) == (True, False)
    assert publish.options.brand_organic is False
    assert (publish.reference, publish.source.key) == ("order-7", "a.mp4")
    assert publish.source.version_id is not None
    assert publish.consent.text == "By posting, you agree to TikTok's Music Usage Confirmation"
    assert (agent.show(plan_id).body["state"], agent.show(plan_id).body["publish_id"]) == ("spent", publish.publish_id)


def test_pressing_twice_and_a_second_person_lead_to_the_same_publish(agent: Planner):
    plan_id = agent.plan_id()
    first, second = signed_in("publish"), signed_in("publish")
    forms = [(one, form_of(one.get(page_of(plan_id)))) for one in (first, first, second)]

    answers = [visitor.post(page_of(plan_id), form) for visitor, form in forms]

    [publish_id] = stored_publishes()
    assert answers[0].headers["Location"].startswith(f"/console/publishes/{publish_id}")
    assert first.get(page_of(plan_id)).headers["Location"] == f"/console/publishes/{publish_id}"


def test_two_presses_at_the_same_moment_post_once(agent: Planner, monkeypatch: pytest.MonkeyPatch):
    from functions.http.console import plans

    plan_id = agent.plan_id()
    visitor = signed_in("publish")
    form = form_of(visitor.get(page_of(plan_id)))
    before = plans.plan_for_person(plan_id, SYSTEM)
    monkeypatch.setattr(plans, "plan_for_person", lambda *_: before)

    answers = [visitor.post(page_of(plan_id), form) for _ in range(2)]

    [publish_id] = stored_publishes()
    assert {answer.headers["Location"].partition("?")[0] for answer in answers} == {f"/console/publishes/{publish_id}"}


def test_media_replaced_since_then_are_not_posted(agent: Planner):
    plan_id = agent.plan_id()
    visitor = signed_in("publish")
    form = form_of(visitor.get(page_of(plan_id)))
    put_video(b"another video")

    shown, pressed = visitor.get(page_of(plan_id)), visitor.post(page_of(plan_id), form)

    assert shown.status == 409
    assert "media were replaced or deleted since then" in shown.words()
    assert "since this plan was made: source" in pressed.words()
    assert stored_publishes() == []


def test_the_session_of_a_draft_key_sees_the_plan_and_cannot_post_it(agent: Planner):
    plan_id = agent.plan_id()
    form = form_of(signed_in("publish").get(page_of(plan_id)))
    visitor = signed_in("draft")

    shown = visitor.get(page_of(plan_id))
    form |= {"csrf": visitor.csrf(), "mode": "draft"}
    pressed = visitor.post(page_of(plan_id), form)

    assert "does not have the scope publish" in shown.words()
    assert "A person with a key that may publish can open this address and post." in shown.words()
    assert "<form id=" not in shown.text
    assert "does not have the scope publish" in pressed.words()
    assert stored_publishes() == []


def test_a_form_of_another_mode_without_creator_info_does_not_post_a_direct_plan(agent: Planner):
    plan_id = agent.plan_id()

    answer = post(signed_in("publish"), plan_id, mode="draft", creator="", privacy_level="")

    assert answer.status == http_status("form_expired")
    assert stored_publishes() == []


def test_a_planned_draft_can_be_sent_with_a_draft_key(agent: Planner):
    plan_id = agent.plan_id(mode="draft", privacy_level=None)

    shown = signed_in("draft").get(page_of(plan_id))
    post(signed_in("draft"), plan_id)

    [publish] = stored()
    assert "The plan proposes" not in shown.words()
    assert publish.mode == "draft"


def test_planned_photos_keep_their_order_and_their_cover(agent: Planner):
    for name in ("red.jpg", "blue.jpg"):
        put_video(jpeg(), name)
    items = [{"bucket": BUCKET, "key": name} for name in ("red.jpg", "blue.jpg")]
    options = {"kind": "photo", "source": {"type": "photos", "items": items}, "cover_index": 1}
    plan_id = agent.plan_id(**options, title="Sea", description="By the sea", hashtags=["sea"])

    shown = signed_in("publish").get(page_of(plan_id))
    post(signed_in("publish"), plan_id, title="Sea", description="By the sea", source="blue.jpg", cover_index="0")

    [publish] = stored()
    assert shown.text.index("red.jpg") < shown.text.index("blue.jpg")
    assert 'data-cover="1"' in shown.text
    assert ">By the sea #sea</textarea>" in shown.text
    assert [item.key for item in publish.source.items] == ["red.jpg", "blue.jpg"]
    assert publish.options.cover_index == 0


def test_media_outside_of_the_bucket_are_not_posted_unseen(agent: Planner):
    plan_id = agent.plan_id(source={"type": "url", "url": "https://cdn.example.com/a.mp4"})

    shown = signed_in("publish").get(page_of(plan_id))

    assert shown.status == 409
    assert "This page cannot show its media" in shown.words()


def test_a_plan_for_later_keeps_its_time(agent: Planner, held_clock: HeldClock):
    plan_id = agent.plan_id(publish_at="2027-01-31T20:00:00+02:00")

    shown = signed_in("publish").get(page_of(plan_id))

    assert 'value="2027-01-31T18:00"' in shown.text
    assert 'name="time_zone" value="UTC"' in shown.text


@pytest.mark.parametrize("scopes", [("read",), ()])
def test_a_session_that_may_send_nothing_does_not_see_the_plan(agent: Planner, scopes: tuple[str, ...]):
    plan_id = agent.plan_id(title="A walk")

    shown = signed_in(*(scopes or ("read",))).get(page_of(plan_id))

    assert shown.status == 403
    assert "A walk" not in shown.words()


def test_another_user_s_session_learns_nothing_of_the_plan(agent: Planner):
    plan_id = agent.plan_id(title="A walk")
    stranger = signed_in("publish", user_id="user-2")

    known, unknown = stranger.get(page_of(plan_id)), stranger.get(page_of("pln_nothing"))

    assert (known.status, unknown.status) == (404, 404)
    assert known.words() == unknown.words()
    assert "A plan ends 24 hours after it was prepared" in known.words()


def test_a_plan_ends_after_a_day(agent: Planner, held_clock: HeldClock):
    plan_id = agent.plan_id()
    visitor = signed_in("publish")
    form = form_of(visitor.get(page_of(plan_id)))
    held_clock.at += 24 * 3600

    visitor = signed_in("publish")
    shown, pressed = visitor.get(page_of(plan_id)), visitor.post(page_of(plan_id), form | {"csrf": visitor.csrf()})

    assert shown.status == 404
    assert "There is no such plan" in shown.words()
    assert pressed.headers["Location"] == page_of(plan_id)
    assert stored_publishes() == []


def test_signed_out_a_person_signs_in_and_comes_back(agent: Planner, visitor: Visitor):
    plan_id = agent.plan_id()

    asked = visitor.get(page_of(plan_id))
    _, key_text = new_key("publish")
    answer = visitor.sign_in(key_text, page_of(plan_id))

    assert asked.headers["Location"] == f"/console/sign-in?next=%2Fconsole%2Fplans%2F{plan_id}"
    assert answer.headers["Location"] == page_of(plan_id)


def test_media_that_the_session_may_not_see_are_not_posted_blindly(agent: Planner):
    plan_id = agent.plan_id()

    shown = signed_in("publish", user_id="user-1").get(page_of(plan_id))

    assert shown.status == 409
    assert "This page cannot show its media" in shown.words()


def jpeg() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (720, 900)).save(written, "JPEG")
    return written.getvalue()


def stored() -> list[Any]:
    page = publishes_page(ListQuery(), 10, SYSTEM)
    assert isinstance(page, PublishPage)
    return list(page.publishes)
