"""/v1/plans: plans are in the table of publishes, but in none of its lists."""

from dropcast.caller import SYSTEM
from dropcast.publishing.store.list_queries import PublishPage
from dropcast.publishing.store.listing import ListQuery, publishes_page
from tests.unit.support.plans import planner


def test_a_spent_plan_is_not_listed_among_the_publishes_of_its_account(cloud, tiktok):
    caller = planner(cloud, tiktok)
    done = caller.execute(caller.plan_id())

    page = publishes_page(ListQuery(account_id=caller.account_id), 10, SYSTEM)

    assert isinstance(page, PublishPage)
    assert [one.publish_id for one in page.publishes] == [done.body["publish_id"]]
