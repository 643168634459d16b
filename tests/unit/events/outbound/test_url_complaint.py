import pytest

from dropcast.events.outbound.outbound_post import url_complaint
from dropcast.settings import settings


@pytest.fixture(autouse=True)
def _allowed(monkeypatch):
    monkeypatch.setenv("OUTBOUND_ALLOWED_ORIGINS", "http://127.0.0.1:9000, https://inside.example, http://127.0.0.3:*")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example",
        "https://hooks.example/a?b=c&d=%20",
        "https://hooks.example:8443/",
        "HTTPS://Hooks.Example./a",
        "https://xn--bcher-kva.example/a_b",
        "https://1.1.1.1/",
        "https://[2606:4700:4700::1111]:8443/x",
        "http://127.0.0.1:9000/hook?x=1",
        "https://inside.example/",
        "http://127.0.0.3/hook",
        "http://127.0.0.3:8000/hook",
    ],
)
def test_public_https_urls_and_allowed_origins_are_accepted(url):
    assert url_complaint(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "absolute"),
        ("hooks.example/a", "absolute"),
        ("ftp://hooks.example/", "absolute"),
        ("file:///etc/passwd", "absolute"),
        ("https://", "absolute"),
        ("https://user:canary@hooks.example/", "absolute"),
        ("https://hooks.example\\@127.0.0.1/", "absolute"),
        ("https://hooks.example/a b", "absolute"),
        ("https://hooks.example/\r\nHost: x", "absolute"),
        ("https://bücher.example/", "absolute"),
        ("https://hooks.example/é", "absolute"),
        ("https://hooks.example:99999/", "absolute"),
        ("https://hooks.example/#top", "fragment"),
        ("https://hooks.example/" + "a" * 2048, "longer"),
        ("http://hooks.example/", "https"),
        ("http://127.0.0.1:9001/", "https"),
        ("http://127.0.0.1/", "https"),
        ("http://inside.example/", "https"),
        ("http://127.0.0.33:8000/", "https"),
        ("http://127.0.0.3.example:8000/", "https"),
        ("https://127.0.0.3:8000/", "public internet"),
        ("https://a..b/", "host name"),
        ("https://-a.example/", "host name"),
        ("https://a%2eb/", "host name"),
        ("https://.example/", "host name"),
        ("https://hooks.example:0/", "port"),
        ("https://127.0.0.1:9000/", "public internet"),
        ("https://2130706433/", "public internet"),
        ("https://0x7f.1/", "public internet"),
        ("https://0/", "public internet"),
        ("https://169.254.169.254/latest/meta-data", "public internet"),
        ("https://[::1]/", "public internet"),
        ("https://[::ffff:169.254.169.254]/", "public internet"),
        ("https://[fd00:ec2::254]/", "public internet"),
        ("https://[fe80::1%25eth0]/", ""),
        ("https://[fe80::1%eth0]/", ""),
    ],
)
def test_any_other_url_is_refused_and_not_quoted(url, why):
    words = url_complaint(url)

    assert words is not None
    assert why in words
    assert "canary" not in words
