"""A function has exactly the settings that its code reads."""

import pytest

from dropcast.settings import Settings
from tests.infra.reading import functions
from tests.infra.stages import stack_of, template_of
from tests.infra.table_uses import PLACES, settings_of

DECLARED = {setting.name: setting for setting in Settings.declared()}
# Not a parameter and not a resource: the default applies in every deployment.
FIXED = {"schedule_ahead_s"}

# The code mentions these settings but never reaches their use. A publish that the schedules start is due, so it gets no
# new entry and its account is not kept warm. The code that keeps an account warm reads none of its tokens.
_OF_A_LATER_PUBLISH = {"due_function_arn", "schedule_dead_letters_arn", "schedule_group", "schedule_role_arn"}
_OF_A_WARM_ACCOUNT = {"accounts_table", "refresh_idle_share", "refresh_warm_share"}
_OF_TOKENS = {"kms_key_id"}
ONLY_MENTIONED = {
    "schedule/due": _OF_A_LATER_PUBLISH | _OF_A_WARM_ACCOUNT | _OF_TOKENS,
    "storage/drop": _OF_TOKENS,
}


def given(template: dict, place: str) -> set[str]:
    names = functions(template)[place.replace("/", "-")]["Properties"]["Environment"]["Variables"]
    return {name.lower() for name in names if not name.startswith("POWERTOOLS_")}


@pytest.mark.parametrize("place", PLACES)
def test_a_function_gets_exactly_the_settings_that_its_code_reads(template, place):
    has = given(template, place)
    reads = (settings_of(place) & DECLARED.keys()) - FIXED - ONLY_MENTIONED.get(place, set())

    assert has == reads, f"pass {sorted(reads - has)} to {place}; it does not read {sorted(has - reads)}"


def test_every_excused_setting_is_still_mentioned():
    for place, names in ONLY_MENTIONED.items():
        assert names <= settings_of(place), place


def test_every_setting_is_read_by_a_function_or_by_the_template(template):
    of_the_template = {"media_distribution", "source_keys"}

    read = {name for place in PLACES for name in settings_of(place)}

    assert DECLARED.keys() - read == of_the_template


def test_the_code_is_read_down_to_its_settings():
    assert "slow_deliveries_queue_url" in settings_of("queue/deliver")
    assert "slow_deliveries_queue_url" not in settings_of("schedule/deliveries")
    assert settings_of("deploy/keypair") == set()


def test_every_choice_is_a_parameter_with_its_declared_default(template):
    own = {name: one for name, one in template["Parameters"].items() if name != "BootstrapVersion"}

    assert {name: one["Default"] for name, one in own.items()} == {
        setting.parameter: setting.default for setting in Settings.choices()
    }
    assert {one["Description"] for one in own.values()} == {setting.description for setting in Settings.choices()}


def test_a_context_value_is_the_default_of_its_parameter():
    template = template_of(stack_of(budgets="video_init=1/60", app_audit="audited"))

    assert template["Parameters"]["Budgets"]["Default"] == "video_init=1/60"
    assert template["Parameters"]["AppAudit"]["Default"] == "audited"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("transfers_at_once", "many"),
        ("log_retention_days", "31"),
        ("media_key", "0"),
        ("refresh_workers", "1"),
        ("layer_target", "moon"),
        ("creative_center", "yes"),
    ],
)
def test_an_invalid_choice_is_refused_and_named(name, value):
    with pytest.raises(ValueError, match=f"{name} must not be '{value}'"):
        stack_of(**{name: value})
