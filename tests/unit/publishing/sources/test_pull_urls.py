import pytest

from dropcast.publishing.sources.pull_urls import url_refusal

VERIFIED = ["example.com", "https://cdn.example.org/tt/", "http://127.0.0.1:"]


@pytest.mark.parametrize(
    ("url", "verified", "code"),
    [
        ("https://anywhere.example/a.mp4", [], None),
        ("http://anywhere.example/a.mp4", [], "url_not_https"),
        ("https://example.com/a.mp4?Signature=x", VERIFIED, None),
        ("https://media.example.com/a.mp4", VERIFIED, None),
        ("https://Media.Example.com/a.mp4", VERIFIED, None),
        ("https://notexample.com/a.mp4", VERIFIED, "url_ownership_unverified"),
        ("https://example.com.evil.example/a.mp4", VERIFIED, "url_ownership_unverified"),
        ("http://example.com/a.mp4", VERIFIED, "url_ownership_unverified"),
        ("https://cdn.example.org/tt/a.mp4", VERIFIED, None),
        ("https://cdn.example.org/other/a.mp4", VERIFIED, "url_ownership_unverified"),
        ("https://cdn.example.org/TT/a.mp4", VERIFIED, "url_ownership_unverified"),
        ("http://127.0.0.1:4566/bucket/a.mp4", VERIFIED, None),
        ("http://127.0.0.1:4566/bucket/a.mp4", [], "url_not_https"),
    ],
)
def test_a_video_is_pulled_from_verified_addresses_over_https(url, verified, code):
    refusal = url_refusal(url, verified)

    assert (refusal.code if refusal else None) == code
