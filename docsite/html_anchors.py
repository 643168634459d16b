"""Lets Markdown links point to the pages' own `<a id="…"></a>`, which GitHub supports and MyST does not."""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

_ANCHOR = re.compile(r'<a id="([^"]+)">')


class HtmlAnchors(SphinxTransform):
    """Adds the page's anchors to the headings' ids in which MyST looks up a link's target."""

    # MyST resolves links at 879.
    default_priority = 870

    def apply(self, **kwargs: object) -> None:
        """Sphinx calls this for each page."""
        found = {
            name: (raw.line or 0, name, name)
            for raw in self.document.findall(nodes.raw)
            for name in _ANCHOR.findall(raw.astext())
        }
        # MyST sets both. It reads the first for links within the page and the second for links from other pages.
        vars(self.document)["myst_slugs"].update(found)
        self.env.metadata[self.env.docname]["myst_slugs"].update(found)
