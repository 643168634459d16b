"""The pages show every declared setting."""

import pytest

from dropcast.settings import Settings
from infra.config import Config
from tests.settings_pages import DOCS, page_with_tables, tables


@pytest.mark.parametrize("name", tables())
def test_a_page_shows_the_declared_settings(name: str):
    text = (DOCS / name).read_text()

    assert page_with_tables(text, tables()[name]) == text, "make format writes it anew"


def test_every_choice_has_a_row_with_its_default_and_its_description():
    deploy = "".join(tables()["deploy.md"].values())

    for setting in (*Config.choices(), *Settings.choices()):
        [row] = [line for line in deploy.splitlines() if line.startswith(f"| `{setting.name}` |")]
        assert setting.description in row
        assert f"`{setting.default}`" in row or not setting.default


def test_a_page_without_a_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="the settings"):
        page_with_tables("# A page\n", {"the settings": "| a |"})
