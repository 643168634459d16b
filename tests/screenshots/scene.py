"""The content of the pictures: creators, keys, and files to post."""

import colorsys
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from local.stack_client import StackClient
from local.video import padded_video
from tests.e2e.console.signing_in import session_cookie_of

LARGE_BYTES = 25_000_000
REVIEWER = "reviewer"
_KEY_DAYS = 30
_HARBOUR_HUE = 0.07


@dataclass(frozen=True)
class Scene:
    """A stack with users. `operator` and `reviewer` are their session cookies."""

    client: StackClient
    folder: Path
    operator: Any
    reviewer: Any

    def connect(self, username: str, nickname: str, user_id: str = REVIEWER, **creator: Any) -> str:
        """Connect a creator and return the account_id. By default the creator belongs to the reviewer."""
        return self.client.connect(username, user_id=user_id, nickname=nickname, **creator)

    def connect_capped(self, username: str, nickname: str) -> str:
        """Connect a creator who has then posted too much today. Return the account_id."""
        account = self.connect(username, nickname)
        self.client.sandbox("PATCH", f"/creators/{username}", json={"capped": True})
        return account

    def sign_in(self, key: str) -> Any:
        """The cookie of a session for `key`."""
        return session_cookie_of(self.client.stack, key)

    def video(self) -> Path:
        """A short video."""
        path = self.folder / "harbour.mp4"
        if not path.exists():
            still = _draw(self.folder / "harbour.png", (540, 960), _HARBOUR_HUE)
            _run_ffmpeg(f"-loop 1 -framerate 30 -t 3 -i {still} -c:v libx264 -pix_fmt yuv420p {path}")
        return path

    def large_video(self) -> Path:
        """A video that takes some time to send."""
        path = self.folder / "long.mp4"
        padded_video(path, LARGE_BYTES)
        return path

    def photos(self) -> list[Path]:
        """Three photos of different colours and shapes."""
        shapes = {"morning": (1080, 1350), "noon": (1080, 1080), "evening": (1080, 1920)}
        return [_draw(self.folder / f"{name}.jpg", shape, hue / 3) for hue, (name, shape) in enumerate(shapes.items())]


def set_scene(client: StackClient, folder: Path) -> Scene:
    """Sign in the operator, and a reviewer whose key is bound to one user and expires."""
    client.sandbox("PATCH", "/settings", json={"audited": True, "processing_seconds": 1})
    wanted = {
        "name": "TikTok's review",
        "scopes": ["read", "publish"],
        "user_id": REVIEWER,
        "expires_in": _KEY_DAYS * 86_400,
    }
    key = client.api("POST", "/v1/keys", json=wanted).raise_for_status().json()["key"]
    stack = client.stack
    return Scene(client, folder, session_cookie_of(stack, stack.api_key), session_cookie_of(stack, key))


def _draw(path: Path, size: tuple[int, int], hue: float) -> Path:
    """A sun over the sea, in the colours around `hue`."""
    picture = Image.new("RGB", size, _colour(hue, 0.35, 0.95))
    width, height = size
    draw = ImageDraw.Draw(picture)
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.2 + width * 0.4), _colour(hue, 0.1, 1))
    draw.rectangle((0, height * 0.6, width, height), _colour(hue + 0.5, 0.5, 0.6))
    picture.save(path)
    return path


def _run_ffmpeg(arguments: str) -> None:
    subprocess.run(["ffmpeg", "-loglevel", "error", *shlex.split(arguments)], check=True)


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue % 1, saturation, value))
    return red, green, blue
