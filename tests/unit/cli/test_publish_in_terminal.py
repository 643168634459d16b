"""`dropcast publish` in a real terminal: bars, and Ctrl-C during the upload."""

from threading import Event

import pytest

from cli.output import console
from tests.unit.support.publish_deployment import Deployment
from tests.unit.support.publish_deployment import deployment as deployment
from tests.unit.support.publish_deployment import video as video
from tests.unit.support.terminal import terminal


@pytest.fixture
def words(video, monkeypatch) -> tuple[str, ...]:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(console, "is_interactive", True)  # rich decided this when the tests imported the command
    return ("publish", str(video), "--account", "acc_1", "--privacy-level", "SELF_ONLY")


def test_bars_show_the_steps_and_vanish_before_the_outcome(deployment: Deployment, words):
    with terminal(words) as screen:
        screen.expect("Checking the account", "Uploaded my clip.mov", "pub_1")
        code = screen.end()

    assert code == 0
    assert screen.lines[1:3] == ["pub_1", "published"]


def test_ctrl_c_during_the_upload_says_how_to_continue(deployment: Deployment, words, monkeypatch):
    # Long enough for Ctrl-C to arrive during the upload on a busy machine.
    never = Event()
    monkeypatch.setattr(deployment, "s3_waits", lambda: never.wait(0.8))

    with terminal(words) as screen:
        screen.expect("Uploading my clip.mov")
        screen.interrupt()
        code = screen.end()

    assert code == 130
    assert "Stopped. Nothing is published." in "\n".join(screen.lines)
    assert "".join(screen.lines[-2:]).endswith("--resume upl_1")
