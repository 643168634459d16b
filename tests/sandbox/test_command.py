import json
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from sandbox.__main__ import main


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen([sys.executable, "-m", "sandbox", *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return process, json.loads(process.stdout.readline())["url"]


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_and_stops_on_a_signal_even_with_a_waiting_client(wish):
    process, url = start("--client-key", "mine", "--redirect-uri", "http://a/b", "--scopes", "user.info.basic")
    settings = httpx.get(f"{url}/_sandbox/settings", trust_env=False).json()
    with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1]))):
        began = time.monotonic()

        process.send_signal(wish)

        process.wait(5)
    assert time.monotonic() - began < 3
    assert (settings["client_key"], settings["redirect_uris"]) == ("mine", ["http://a/b"])
    assert (settings["scopes"], settings["audited"]) == (["user.info.basic"], False)
    assert url.startswith("http://127.0.0.1:")


def test_a_taken_port_is_one_line(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["tiktok-sandbox", "--port", str(port)])

        with pytest.raises(SystemExit) as ended:
            main()

    assert ended.value.code == f"tiktok-sandbox: 127.0.0.1:{port} cannot be used: Address already in use"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "70000"], "127.0.0.1:70000 cannot be used: bind(): port must be 0-65535."),
        (["--scopes", "video.create"], "scopes: TikTok has no such scope; it has user.info.basic"),
        (["--redirect-uri", "callback"], "redirect_uris: must be an absolute http or https URL"),
        (["--access-lifetime", "0"], "access_lifetime: Input should be greater than 0"),
        (["--tls-cert", "cert.pem"], "--tls-cert and --tls-key belong together"),
        (["--tls-cert", "gone.pem", "--tls-key", "gone.pem"], "the certificate cannot be used: No such file"),
    ],
)
def test_a_wrong_option_is_one_line(monkeypatch, arguments, words):
    monkeypatch.setattr(sys, "argv", ["tiktok-sandbox", *arguments])

    with pytest.raises(SystemExit) as ended:
        main()

    assert str(ended.value).startswith(f"tiktok-sandbox: {words}")
    assert "\n" not in str(ended.value)


def test_it_stops_with_its_parent_on_request():
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            "child = subprocess.Popen([sys.executable, '-m', 'sandbox', '--with-parent'], stdout=subprocess.PIPE)\n"
            "print(child.stdout.readline().decode(), end='', flush=True)\n"
            "time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout
    port = int(json.loads(parent.stdout.readline())["url"].rsplit(":", 1)[1])

    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 5
    while listens(port):
        assert time.monotonic() < deadline, "still listening"
        time.sleep(0.05)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
