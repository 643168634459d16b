"""Runs after all other tests: the run left no secret anywhere."""

from tests.e2e.canaries import kinds_in
from tests.e2e.road import SMALL, published, wait_for


def test_the_run_left_no_secret_anywhere(watch, journey, account, videos, events):
    shown = published(journey, account, videos(SMALL)[0])
    wait_for(lambda: events.of("publish.published", account))

    wait_for(lambda: shown["publish_id"] in journey.stack.log_file.read_text(errors="replace"))
    secrets, places = watch.secrets(), watch.places()

    kinds = {"code", "access_token", "refresh_token", "client_secret", "business_secret", "ensembledata_token"}
    kinds |= {"api_key", "media key"}
    assert kinds <= set(secrets.values())
    # The search works: it finds a text that is allowed there.
    for place in ("logs", "the log file", "histories", "answers", "rows of PublishesTable"):
        assert shown["publish_id"] in places[place], place
    for place in ("events", "rows of AccountsTable"):
        assert account in places[place], place
    assert watch.found(secrets, places) == set()


def test_the_search_finds_a_secret_in_plain_text_and_in_an_address():
    secrets = {"act.a*b!1.va": "access_token", "rft.x": "refresh_token"}

    assert kinds_in("Bearer act.a*b!1.va", secrets) == {"access_token"}
    assert kinds_in("/?token=act.a%2Ab%211.va", secrets) == {"access_token"}
    assert kinds_in("rft.y act.a", secrets) == set()
