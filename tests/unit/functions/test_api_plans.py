"""/v1/plans: a publish is checked, then carried out once."""

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.disconnect import disconnect
from dropcast.aws.tables import PUBLISHES
from dropcast.settings import settings
from tests.unit.support.accounts import BUCKET, items
from tests.unit.support.lost import lost_answer
from tests.unit.support.memory_aws import maker
from tests.unit.support.plans import SAMPLE, Planner, planner, put_video, stored_publishes

EXECUTABLE_S, KEPT_S = 15 * 60, 24 * 3600


@pytest.fixture
def caller(cloud, tiktok) -> Planner:
    return planner(cloud, tiktok)


def test_a_plan_shows_the_report_and_when_it_ends(caller, held_clock):
    planned = caller.plan(title="Blue hour")

    told = planned.body
    assert (planned.status, told["state"], told["executable"], told["publish_id"]) == (201, "open", True, None)
    assert (told["plan_id"][:4], told["action"], told["account_id"]) == ("pln_", "publish", caller.account_id)
    assert (told["report"]["ok"], told["report"]["media"]["duration_ms"]) == (True, 2000)
    assert told["console_url"] == f"https://dropcast.example/console/plans/{told['plan_id']}"
    assert (told["created_at"], told["expires_at"]) == ("2027-01-15T08:00:00Z", "2027-01-15T08:15:00Z")
    assert told["link_expires_at"] == "2027-01-16T08:00:00Z"
    assert caller.show(told["plan_id"]).body == told
    assert stored_publishes() == []


def test_a_publish_with_problems_becomes_no_plan(caller):
    planned = caller.plan(privacy_level="FOLLOWER_OF_CREATOR")

    told = planned.body
    assert (planned.status, told["state"], told["plan_id"], told["executable"]) == (200, "refused", None, False)
    assert [one["code"] for one in told["report"]["problems"]] == ["privacy_level_not_available"]
    assert [row for row in items("publishes") if row["pk"].startswith("plan#")] == []


def test_the_same_idempotency_key_returns_the_same_plan(caller, tiktok):
    first = caller.plan("order-42")
    asked = len(tiktok.asked)

    again = caller.plan("order-42")
    other = caller.plan("order-42", title="Other")

    assert (again.status, again.body, again.replayed) == (201, first.body, True)
    assert len(tiktok.asked) == asked
    assert other.code == "idempotency_conflict"


def test_an_executed_plan_is_the_publish_that_was_planned(caller):
    plan_id = caller.plan_id(title="Blue hour", reference="order-42")

    done = caller.execute(plan_id)

    assert (done.status, done.replayed) == (202, False)
    assert (done.body["options"]["title"], done.body["reference"]) == ("Blue hour", "order-42")
    assert stored_publishes() == [done.body["publish_id"]]
    shown = caller.show(plan_id).body
    assert (shown["state"], shown["publish_id"]) == ("spent", done.body["publish_id"])


@pytest.mark.parametrize("later", [0, EXECUTABLE_S, KEPT_S - 1])
def test_a_plan_used_twice_answers_the_same_publish_even_when_it_is_stale(caller, held_clock, later):
    plan_id = caller.plan_id()
    first = caller.execute(plan_id)
    held_clock.sleep(later)

    again = caller.execute(plan_id)

    assert (again.status, again.replayed, again.body) == (202, True, first.body)
    assert len(stored_publishes()) == 1


def test_a_stale_plan_does_nothing_but_is_still_shown(caller, held_clock):
    plan_id = caller.plan_id()
    held_clock.sleep(EXECUTABLE_S - 1)
    assert caller.show(plan_id).body["state"] == "open"
    held_clock.sleep(1)

    done = caller.execute(plan_id)

    assert (done.status, done.code) == (410, "plan_expired")
    assert caller.show(plan_id).body["state"] == "expired"
    assert stored_publishes() == []


def test_a_plan_ends_after_a_day(caller, held_clock):
    plan_id = caller.plan_id()
    [row] = [one for one in items("publishes") if one["pk"] == f"plan#{plan_id}"]
    held_clock.sleep(KEPT_S)

    assert row["expires_at"] == held_clock.at
    assert (caller.show(plan_id).code, caller.execute(plan_id).code) == ("not_found", "not_found")


def test_a_plan_of_another_key_does_not_exist(caller):
    plan_id = caller.plan_id()
    other = Planner(caller.account_id, ("admin", "read", "publish"), "dk_2")

    assert (other.show(plan_id).code, other.execute(plan_id).code) == ("not_found", "not_found")
    caller.execute(plan_id)
    assert (other.show(plan_id).code, other.execute(plan_id).code) == ("not_found", "not_found")
    assert len(stored_publishes()) == 1


def test_a_draft_key_plans_a_direct_post_that_only_a_person_can_publish(caller):
    drafter = Planner(caller.account_id, ("draft",), "dk_2")
    planned = drafter.plan()
    plan_id = planned.body["plan_id"]

    done = drafter.execute(plan_id)

    assert (planned.status, planned.body["executable"]) == (201, False)
    assert (done.status, done.code, done.body["error"]["next"]) == (403, "plan_needs_person", "resolve")
    assert done.body["error"]["details"]["console_url"] == planned.body["console_url"]
    assert stored_publishes() == []


def test_a_draft_key_executes_the_plan_of_a_draft(caller):
    drafter = Planner(caller.account_id, ("draft",), "dk_2")
    plan_id = drafter.plan_id(mode="draft", privacy_level=None)

    assert drafter.show(plan_id).body["executable"]
    assert drafter.execute(plan_id).status == 202


def test_a_draft_for_an_account_without_creator_info_becomes_a_plan(caller, tiktok):
    tiktok.scopes = "user.info.basic,video.upload"
    save_connection("user-1", tiktok.grant())
    plan_id = caller.plan_id(mode="draft", privacy_level=None)

    assert caller.execute(plan_id).status == 202
    assert "/v2/post/publish/creator_info/query/" not in tiktok.asked


def test_a_replaced_object_is_a_change(caller):
    plan_id = caller.plan_id()
    put_video(SAMPLE + b"\0")

    done = caller.execute(plan_id)

    assert (done.status, done.changed) == (409, ["source"])
    assert stored_publishes() == []


def test_an_object_that_is_gone_is_a_change_with_its_problem(caller):
    plan_id = caller.plan_id()
    maker("s3").delete_object(Bucket=BUCKET, Key="a.mp4")

    done = caller.execute(plan_id)

    assert done.changed == ["source"]
    assert done.body["error"]["details"]["problem"]["code"] == "source_missing"


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"privacy_level_options": ["SELF_ONLY"]}, ["privacy_level_options"]),
        ({"comment_disabled": True}, ["comment_disabled"]),
        ({"max_video_post_duration_sec": 60}, ["max_video_post_duration_sec"]),
        ({"creator_username": "ana2", "creator_nickname": "A"}, ["username", "nickname"]),
    ],
)
def test_what_tiktok_now_lets_the_creator_post_is_compared(caller, tiktok, answer, names):
    plan_id = caller.plan_id()
    tiktok.creator = {**tiktok.creator, **answer}

    assert caller.execute(plan_id).changed == names
    assert stored_publishes() == []


def test_a_new_picture_or_another_order_of_the_levels_is_no_change(caller, tiktok):
    plan_id = caller.plan_id()
    levels = [*reversed(tiktok.creator["privacy_level_options"])]
    tiktok.creator = {
        **tiktok.creator,
        "creator_avatar_url": "https://p.example/b.jpg",
        "privacy_level_options": levels,
    }

    assert caller.execute(plan_id).status == 202


def test_a_temporary_failure_of_tiktok_leaves_the_plan_open(caller, tiktok, held_clock):
    plan_id, creator = caller.plan_id(), tiktok.creator
    tiktok.creator = "rate_limit_exceeded"

    refused = caller.execute(plan_id)
    tiktok.creator = creator
    held_clock.sleep(120)

    assert (refused.status, refused.code) == (429, "rate_limit_exceeded")
    assert caller.show(plan_id).body["state"] == "open"
    assert caller.execute(plan_id).status == 202


def test_a_plan_is_not_made_while_tiktok_does_not_say_what_the_creator_may_post(caller, tiktok):
    tiktok.creator = "rate_limit_exceeded"

    assert caller.plan().code == "rate_limit_exceeded"
    assert [row for row in items("publishes") if row["pk"].startswith("plan#")] == []


def test_an_account_that_was_connected_again_is_a_change(caller, tiktok):
    plan_id = caller.plan_id()
    save_connection("user-1", tiktok.grant())

    assert caller.execute(plan_id).changed == ["account_id"]


def test_a_disconnected_account_is_a_change_with_its_problem(caller):
    plan_id = caller.plan_id()
    disconnect(caller.account_id)

    done = caller.execute(plan_id)

    assert done.changed == ["account_id"]
    assert done.body["error"]["details"]["problem"]["code"] == "account_disconnected"


def test_a_time_that_has_passed_is_a_change(caller, held_clock):
    plan_id = caller.plan_id(publish_at="2027-01-15T08:05:00Z")
    held_clock.sleep(EXECUTABLE_S - 1)

    assert caller.execute(plan_id).changed == ["publish_at"]


def test_two_executes_at_once_make_one_publish_and_both_answer_it(caller, monkeypatch):
    plan_id = caller.plan_id()
    write, others = type(PUBLISHES).put_entry, []

    def first_another(table, item, *rest):
        if item["pk"].startswith("publish#") and not others:
            others.append(None)
            others[0] = caller.execute(plan_id)
        return write(table, item, *rest)

    monkeypatch.setattr(type(PUBLISHES), "put_entry", first_another)
    mine = caller.execute(plan_id)

    [other] = others
    assert (mine.status, other.status) == (202, 202)
    assert (mine.replayed, other.replayed) == (True, False)
    assert stored_publishes() == [mine.body["publish_id"]] == [other.body["publish_id"]]


def test_a_lost_answer_of_the_transaction_and_a_repeat_are_the_same_publish(caller):
    plan_id = caller.plan_id()

    with lost_answer("TransactWriteItems") as left:
        first = caller.execute(plan_id)

    assert left == [0]
    assert caller.execute(plan_id).body["publish_id"] == first.body["publish_id"]
    assert len(stored_publishes()) == 1


def test_the_url_of_a_source_is_only_stored_encrypted(caller, cloud):
    url = "https://cdn.example/a.mp4?signature=canary-secret"
    cloud.setenv("VERIFIED_URLS", "https://cdn.example/")
    settings.cache_clear()
    plan_id = caller.plan_id(source={"type": "url", "url": url})

    shown, rows = caller.show(plan_id), items("publishes")
    done = caller.execute(plan_id)

    assert "canary-secret" not in str(rows) + str(shown.body)
    assert (done.status, done.body["source"]["host"]) == (202, "cdn.example")


def test_an_invalid_publish_names_the_fields_of_the_caller(caller):
    planned = caller.plan(source={"type": "s3", "bucket": BUCKET, "key": ""}, titel="x")

    fields = [one["field"] for one in planned.body["error"]["details"]["fields"]]
    assert (planned.status, sorted(fields)) == (400, ["publish.source.key", "publish.titel"])
