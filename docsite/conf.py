"""Sphinx's settings for the site."""

from sphinx.application import Sphinx

from docsite.html_anchors import HtmlAnchors
from docsite.navigation import add_navigation

project = "Dropcast"
html_title = "Dropcast"
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["tables.css"]
html_show_copyright = False
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_use_index = False
extensions = ["myst_parser"]
myst_heading_anchors = 6
# A block without a language is a drawing or a list of files.
highlight_language = "text"
# The pages shorten JSON by "…". Sphinx then colours the block less strictly.
suppress_warnings = ["misc.highlighting_failure"]


def setup(app: Sphinx) -> None:
    """Sphinx calls this at the start of a build."""
    app.add_transform(HtmlAnchors)
    app.connect("source-read", add_navigation)
