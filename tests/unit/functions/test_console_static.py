"""The static files of the pages."""

import base64
import gzip
import re

import pytest

from functions.http.console.static_files import address_of
from infra.console_assets import digest_of, own_files
from tests.unit.support.console import ROOT, Visitor

pytestmark = pytest.mark.usefixtures("cloud")


def test_a_file_arrives_compressed_and_stays_in_the_browser(visitor: Visitor):
    shown = visitor.get(address_of("console.css"))

    assert shown.status == 200
    assert shown.headers["Content-Type"] == "text/css; charset=utf-8"
    assert shown.headers["Content-Encoding"] == "gzip"
    assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.is_base64
    assert gzip.decompress(base64.b64decode(shown.text)) == own_files(ROOT)["console.css"]


def test_a_page_of_another_deployment_gets_this_one_s_file_and_does_not_keep_it(visitor: Visitor):
    current, other = visitor.get(address_of("console.css")), visitor.get("/static/0123456789abcdef/console.css")

    assert other.status == 200
    assert other.text == current.text
    assert other.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.js", "manifest.json", "console.css.gz", "__init__.py", "..", "%2e%2e"])
def test_an_unknown_file_is_not_found(visitor: Visitor, name: str):
    shown = visitor.get(f"{address_of('console.css').rpartition('/')[0]}/{name}")

    assert shown.status == 404
    assert shown.headers["Cache-Control"] == "no-store"


def test_a_template_cannot_name_a_file_that_does_not_exist():
    with pytest.raises(KeyError):
        address_of("nothing.js")


def test_every_file_of_a_page_exists(visitor: Visitor):
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', visitor.get("/").text)

    assert len(addresses) >= 2
    assert {visitor.get(address).status for address in addresses} == {200}


def test_the_digest_follows_names_and_contents():
    base = {"a.js": b"1", "b.js": b"2"}

    digests = {digest_of(files) for files in (base, {"a.js": b"12", "b.js": b""}, {"a.js": b"1", "c.js": b"2"})}

    assert len(digests) == 3
    assert digest_of(dict(reversed(base.items()))) == digest_of(base)
