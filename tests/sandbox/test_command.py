import json
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest


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
