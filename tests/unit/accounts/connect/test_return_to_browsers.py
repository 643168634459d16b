"""Open redirects: if an address matches a listed origin, a browser really goes to that origin.

node parses the addresses like browsers.
"""

import json
import os
import random
import subprocess

from dropcast.accounts.connect.begin_consent import return_url
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.errors.problem import Problem
from dropcast.url_origins import is_at
from infra.node import choose_node
from tests.unit.support.accounts import items

ORIGINS = ["https://app.example", "http://127.0.0.1:3000"]
ANSWER = {"connected": "acc_1"}

STARTS = ["https://app.example", "http://127.0.0.1:3000", "https://", "https:", ""]
PIECES = [
    *("https:", "http:", "HTTPS:", "javascript:", "//", "/", "\\", "@", ":", "443", "3000", "80", ".", ";", "?", "#"),
    *("app.example", "evil.example", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "[", "]", "xn--", "é", "a"),
    *("%2f", "%5c", "%40", "%00", "%09", "%0d%0a", "\t", "\n", "\r", " ", "\x00", "\x7f", "\u00a0", "\u00ad", "\u200b"),
    *(
        "\u3002",
        "\uff0f",
        "\uff20",
        "\uff1a",
        "\uff3c",
        "\u2044",
        "\u202e",
        "\u2168",
        "\u0130",
        "\u017f",
        "\u010d\u010a",
    ),
]

ELSEWHERE = [
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "https://app.example@evil.example/",
    "https://app.example:443@evil.example/",
    "https://app.example%40evil.example/",
    "https://app.example%2f@evil.example/",
    "https://evil.example#@app.example/",
    "https://evil.example?@app.example/",
    "https://evil.example\\@app.example/",
    "https://app.example\\@evil.example/",
    "https://app.example.evil.example/",
    "https://app.example.",
    "https://app.examplé/",
    "https://app.example\u3002evil.example/",
    "https://app.example\uff0fevil.example/",
    "https://app\uff0eexample/",
    "https://\u24d0pp.example/",
    "https://app.exa\u00admple/",
    "https://app.example\u200b/",
    "https://app.example:444/",
    "https://app.example:80/",
    "https://app.example:0/",
    "https://app.example:443443/",
    "https://app.example:４４３/",
    "https://app.example:+443/",
    "https://app.example:-443/",
    "http://app.example/",
    "http://app.example:443/",
    "HTTP://app.example/",
    "ftp://app.example/",
    "javascript:alert(1)//https://app.example/",
    "javascript://app.example/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://app.example/1",
    "view-source:https://app.example/",
    "https://[::ffff:7f00:1]/",
    "http://127.1:3000/",
    "http://0x7f000001:3000/",
    "http://127.0.0.1:3001/",
    "http://localhost:3000/",
    "https://app.example/\u0000",
    "https://app.example/\r\nLocation: https://evil.example/",
    "\thttps://app.example/",
    "https://app.example/ ",
    "app.example",
    "null",
    "",
]

_ORIGIN_OF = """
const urls = JSON.parse(require("fs").readFileSync(0));
const origin = (url) => { try { return new URL(url, "https://dropcast.example/").origin } catch { return "none" } };
console.log(JSON.stringify(urls.map(origin)));
"""


def origins_in_a_browser(urls: list[str]) -> list[str]:
    choose_node()
    node = os.environ.get("JSII_NODE", "node")
    done = subprocess.run([node, "-e", _ORIGIN_OF], input=json.dumps(urls), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_allowed_address_leads_a_browser_to_a_listed_origin():
    chance = random.Random(0)
    tried = {chance.choice(STARTS) + "".join(chance.choices(PIECES, k=chance.randint(0, 6))) for _ in range(60_000)}
    taken = sorted(url for url in tried if is_at(url, ORIGINS))

    before = origins_in_a_browser(taken)
    answered = [return_url(url, ANSWER) for url in taken]
    after = origins_in_a_browser(answered)

    assert len(taken) > 500
    assert set(before) == set(after) == set(ORIGINS)
    assert [url for url in answered if not (url.isascii() and url.isprintable())] == []


def test_no_link_is_made_with_an_unlisted_return_to(cloud):
    answers = {url: begin_connection("user-1", url) for url in ELSEWHERE}

    codes = {url: answer.code if isinstance(answer, Problem) else "made" for url, answer in answers.items()}
    assert codes == dict.fromkeys(ELSEWHERE, "return_to_refused")
    assert items("connections") == []
