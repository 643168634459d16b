import pytest

from dropcast.setting_declaration import Declared, Setting, SettingMissingError
from dropcast.settings import Settings, settings


class Example(Declared):
    pause_days = Setting(int, "3", "Days of a pause, at most two digits", pattern=r"\d{1,2}")
    mode = Setting(str, "quick", "quick or slow", allowed=("quick", "slow"))
    tiktok_pause_url = Setting(str, required=True)


def test_every_name_of_a_setting_derives_from_its_attribute():
    assert (Example.pause_days.variable, Example.pause_days.parameter) == ("PAUSE_DAYS", "PauseDays")
    assert Example.tiktok_pause_url.parameter == "TikTokPauseUrl"


def test_a_value_is_typed_and_a_missing_setting_has_its_default():
    assert Example({"pause_days": "12"}).pause_days == 12
    assert Example({"another": "x"}).pause_days == 3


@pytest.mark.parametrize("given", [{}, {"tiktok_pause_url": ""}])
def test_a_missing_resource_raises_at_its_first_use_with_its_name(given: dict[str, str]):
    example = Example(given)

    assert example.mode == "quick"
    with pytest.raises(SettingMissingError, match="TIKTOK_PAUSE_URL is not set for this function"):
        _ = example.tiktok_pause_url


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"pause_days": "many"}, "pause_days must not be 'many': Days of a pause"),
        ({"pause_days": "3\n"}, "pause_days must not be"),
        ({"mode": ""}, "mode must not be '': quick or slow"),
    ],
)
def test_an_invalid_value_is_refused_with_a_message(given: dict[str, str], words: str):
    example = Example(given)

    with pytest.raises(ValueError, match=words):
        _ = example.pause_days, example.mode


def test_a_setting_without_a_description_cannot_be_chosen():
    assert Example.declared() == [Example.pause_days, Example.mode, Example.tiktok_pause_url]
    assert Example.choices() == [Example.pause_days, Example.mode]


@pytest.mark.parametrize("setting", Settings.declared(), ids=lambda setting: setting.name)
def test_a_default_is_valid_and_a_resource_name_has_none(setting: Setting[object]):
    assert setting.text({}) == setting.default
    assert setting.required == ((not setting.description and not setting.default) or setting is Settings.public_url)
    assert setting.parse(setting.default) is not None or setting.required


@pytest.mark.parametrize(
    ("share", "allowed"), [("0.8", True), (".25", True), ("0", False), ("0.0", False), ("0.81", False)]
)
def test_a_share_is_above_0_and_leaves_room_for_the_jitter(share: str, allowed: bool):
    deployed = Settings({"refresh_warm_share": share})

    if allowed:
        assert deployed.refresh_warm_share == float(share)
    else:
        with pytest.raises(ValueError, match="refresh_warm_share"):
            _ = deployed.refresh_warm_share


def test_a_process_reads_its_settings_from_its_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IN_USE_DAYS", "5")
    settings.cache_clear()

    try:
        assert settings().in_use_days == 5
    finally:
        settings.cache_clear()
