"""The console's static files, our own and npm's. They are gzipped, because the gateway does not compress.

Every address contains the same digest, which is computed from the contents of all files together. So our modules import
each other by relative addresses, and a browser can keep every file for ever.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from infra.made_once import make_once
from infra.node import npm_command

# For each static file, the files in npm's packages that it consists of. htmx starts as soon as its own code has run, so
# the same static file must also contain the extension.
FILES_OF_NPM = {
    "htmx.js": ["htmx.org/dist/htmx.min.js", "htmx.org/dist/ext/hx-csp.min.js"],
    "uplot.css": ["uplot/dist/uPlot.min.css"],
    "uplot.js": ["uplot/dist/uPlot.iife.min.js"],
}
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

Files = Mapping[str, bytes]


def console_files(root: Path) -> Files:
    """Every static file by name."""
    modules = npm_packages(root / "layers" / "console", root / ".cache" / "npm")
    npm = {name: b"\n".join((modules / part).read_bytes() for part in parts) for name, parts in FILES_OF_NPM.items()}
    return own_files(root) | npm


def own_files(root: Path) -> dict[str, bytes]:
    """The static files of this repository by name."""
    folder = root / "functions" / "http" / "console" / "static"
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def npm_packages(pins: Path, cache: Path) -> Path:
    """A node_modules with the packages of package.json and package-lock.json in `pins`, installed once.

    npm runs no scripts of packages, and refuses a package whose content differs from the lock.
    subprocess.CalledProcessError: npm failed.
    """
    lists = [pins / "package.json", pins / "package-lock.json"]
    key = hashlib.sha256(b"\0".join(file.read_bytes() for file in lists)).hexdigest()[:16]
    return make_once(cache / f"{pins.name}-{key}", lambda folder: _install(lists, folder)) / "node_modules"


def _install(lists: list[Path], folder: Path) -> None:
    folder.mkdir()
    for file in lists:
        shutil.copyfile(file, folder / file.name)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*npm_command(), "ci", *options], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def digest_of(files: Files) -> str:
    """The digest of the names and contents of all files."""
    parts = (f"{name}\0{len(content)}\0".encode() + content for name, content in sorted(files.items()))
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def write_static_set(files: Files, folder: Path) -> None:
    """Write the gzipped files and their manifest, which functions/http/console/static_files.py reads."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
    kinds = {name: _TYPES[Path(name).suffix] for name in sorted(files)}
    (folder / "__init__.py").touch()
    (folder / "manifest.json").write_text(json.dumps({"digest": digest_of(files), "files": kinds}))
