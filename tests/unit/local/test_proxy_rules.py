import httpx

from local.proxy import forwarded_headers, request_target, without_hop_by_hop

TARGET = httpx.URL("http://127.0.0.1:4566/_aws/execute-api/abc/$default")


def test_path_and_query_are_forwarded_byte_for_byte():
    target = request_target(b"/_aws/execute-api/abc/$default", b"/v1/a%2Fb", b"code=x%2A%21&a=1&a=2&[z]='")

    assert target == b"/_aws/execute-api/abc/$default/v1/a%2Fb?code=x%2A%21&a=1&a=2&[z]='"


def test_without_a_query_there_is_no_question_mark():
    assert request_target(b"/p/", b"/v1", b"") == b"/p/v1"


def test_cookies_stay_separate_and_in_order():
    headers = [(b"Set-Cookie", b"a=1"), (b"Transfer-Encoding", b"chunked"), (b"set-cookie", b"b=2")]

    assert without_hop_by_hop(headers) == [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]


def test_the_api_receives_its_own_host_and_the_callers_address():
    headers = [(b"Host", b"127.0.0.1:8080"), (b"Connection", b"close"), (b"authorization", b"Bearer k")]

    sent = forwarded_headers(headers, "127.0.0.1", TARGET)

    assert dict(sent) == {
        b"authorization": b"Bearer k",
        b"host": b"127.0.0.1:4566",
        b"x-forwarded-for": b"127.0.0.1",
        b"x-forwarded-host": b"127.0.0.1:8080",
        b"x-forwarded-proto": b"http",
        b"x-forwarded-port": b"8080",
    }


def test_headers_of_an_outer_proxy_are_kept():
    headers = [(b"host", b"x"), (b"x-forwarded-for", b"9.9.9.9"), (b"x-forwarded-proto", b"https")]

    sent = dict(forwarded_headers(headers, "127.0.0.1", TARGET))

    assert sent[b"x-forwarded-for"] == b"9.9.9.9, 127.0.0.1"
    assert sent[b"x-forwarded-proto"] == b"https"
