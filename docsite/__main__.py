"""`python -m docsite` builds the site into .cache/site. It fails if a link is dead or Sphinx gives any other warning.

The site also has the Markdown text of each page. `llms.txt` is the Markdown text of the start page: a title, a summary
and lists of links.
"""

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from docsite.pages import ROOT, DeadLink, assets, pages

SOURCES = ROOT / ".cache" / "site-sources"
SITE = ROOT / ".cache" / "site"
_DOCTREES = ROOT / ".cache" / "site-doctrees"


def main() -> None:
    for folder in (SOURCES, SITE, _DOCTREES):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        texts = pages()
    except DeadLink as dead:
        sys.exit(str(dead))
    _write(texts, SOURCES)
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--conf-dir", str(Path(__file__).parent)]
    failed = build_main(["--builder", "html", *options, "--doctree-dir", str(_DOCTREES), str(SOURCES), str(SITE)])
    if failed:
        shutil.rmtree(SITE, ignore_errors=True)
        sys.exit(failed)
    _write(texts, SITE)
    (SITE / "llms.txt").write_text(texts["index.md"])
    print(f"{SITE.relative_to(ROOT)}/index.html: {len(texts)} pages")


def _write(texts: dict[str, str], folder: Path) -> None:
    """Write the pages, and the files that they use, into `folder`."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for asset, place in assets():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(asset, path)


if __name__ == "__main__":
    main()
