"""The two pictures that docs/start.md and docs/audit.md show, small enough for the repository."""

from pathlib import Path

from PIL import Image

_PICTURES = {"post": "pages/post-video-filled-1280-light", "branded-content": "rows/4"}
_LEFT, _RIGHT, _FOOTER = 90, 1190, 70
_WIDTH = 960


def write_small_pictures(folder: Path) -> None:
    """Write `small/NAME.webp` below `folder`, without the empty sides. To renew docs/images, copy these files there."""
    (folder / "small").mkdir()
    for name, source in _PICTURES.items():
        with Image.open(folder / f"{source}.png") as picture:
            page = picture.convert("RGB").crop((_LEFT, 0, _RIGHT, picture.height - _FOOTER))
        small = page.resize((_WIDTH, page.height * _WIDTH // page.width), Image.Resampling.LANCZOS)
        small.save(folder / "small" / f"{name}.webp", quality=82, method=6)
