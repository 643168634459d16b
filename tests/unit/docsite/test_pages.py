"""The pages of the site: the links between them, and the two pages made from the OpenAPI document."""

import posixpath
import re

import pytest

from docsite.navigation import sections
from docsite.pages import DOCS, EXAMPLES, ROOT, DeadLink, links, pages, with_site_links
from dropcast.errors.problem import CATALOGUE

CLICKS = 3


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    return pages()


def linked(site: dict[str, str], page: str) -> list[str]:
    """The pages to which a page links."""
    folder = posixpath.dirname(page)
    return [posixpath.normpath(posixpath.join(folder, link)) for link in links(site[page]) if link.endswith(".md")]


def test_every_page_is_three_clicks_from_the_start_page(site):
    reached = {"index.md"}
    for _ in range(CLICKS):
        reached |= {place for page in reached for place in linked(site, page)}

    assert reached == set(site)


def test_the_start_page_has_the_form_of_an_llms_txt(site):
    title, summary, *rest = re.split(r"\n\n", site["index.md"].strip())

    assert title == "# Dropcast"
    assert all(line.startswith("> ") for line in summary.splitlines())
    assert [part for part in rest[::2] if not re.fullmatch("## .+", part)] == []
    entries = [line for part in rest[1::2] for line in part.splitlines()]
    assert [line for line in entries if not re.fullmatch(r"- \[.+\]\(\S+\.md\): .+", line)] == []
    assert sum(len(named) for _, named in sections(site["index.md"])) == len(entries)


def test_every_error_code_of_a_route_links_to_an_anchor(site):
    named = set(re.findall(r"\(errors\.md#(\w+)\)", site["routes.md"]))
    anchors = re.findall(r'<a id="(\w+)">', site["errors.md"])

    assert {"invalid_request", "account_not_found"} <= named
    assert named <= set(anchors)
    assert sorted(anchors) == sorted(CATALOGUE)


def test_every_type_of_a_route_and_of_a_model_is_a_model(site):
    named = set(re.findall(r"\(models\.md#(\w+)\)", site["routes.md"] + site["models.md"]))
    models = {name.lower() for name in re.findall(r"^## (\w+)$", site["models.md"], re.MULTILINE)}

    assert {"publishrequest", "erroranswer"} <= named
    assert named <= models


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("[the API](api.md#errors)", "[the API](api.md#errors)"),
        ("[vulnerability](../SECURITY.md)", "[vulnerability](report-a-vulnerability.md)"),
        ("[start](../README.md)", "[start](index.md)"),
        ("[app.py](../app.py)", "`app.py`"),
        ("[the app](../app.py)", "the app (`app.py`)"),
        ("[examples](../examples)", "`examples`"),
        ("[a folder](../examples/folder/README.md)", "[a folder](examples/folder/README.md)"),
        ("[TikTok](https://www.tiktok.com/x)", "[TikTok](https://www.tiktok.com/x)"),
        ("[below](#below)", "[below](#below)"),
    ],
)
def test_a_link_to_a_source_file_becomes_its_path(link, shown):
    assert with_site_links(link, DOCS / "publish.md") == shown


def test_a_link_from_the_root_stays_right():
    assert with_site_links("[how](docs/architecture.md)", ROOT / "CONTRIBUTING.md") == "[how](architecture.md)"


def test_a_link_between_an_example_and_the_pages_stays_right():
    readme = EXAMPLES / "folder" / "README.md"

    assert with_site_links("[drop](../../docs/publish.md#by-a-drop)", readme) == "[drop](../../publish.md#by-a-drop)"
    assert with_site_links("[sync.py](sync.py)", readme) == "[sync.py](sync.py)"


def test_a_block_is_left_as_it_is():
    block = "```sh\nx [a](../app.py)\n```"

    assert with_site_links(block, DOCS / "publish.md") == block


def test_a_link_to_a_missing_file_is_refused():
    with pytest.raises(DeadLink, match=r"docs/publish\.md links to gone\.md"):
        with_site_links("[gone](gone.md)", DOCS / "publish.md")
