"""The routes of a function. A process imports the modules with routes only when a request needs them.

Importing all modules with routes would take longer than all other imports of the function.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver


class RoutesOnDemand:
    """The modules of `package` that have a `router`. `patterns`: a regular expression for each module.

    Each path of a module must begin with a match of the module's pattern. If the pattern also matches other paths, this
    only costs time.
    """

    def __init__(self, package: str, patterns: Mapping[str, str]) -> None:
        self.patterns = patterns
        self._package = package
        self._included: set[tuple[APIGatewayHttpResolver, str]] = set()

    def include(self, app: APIGatewayHttpResolver, path: str) -> None:
        """Add to `app` every route that can match `path`. The app keeps these routes for later requests."""
        for module, pattern in self.patterns.items():
            if re.match(pattern, path):
                self._include(app, module)

    def include_all(self, app: APIGatewayHttpResolver) -> None:
        """Add every route to `app`."""
        for module in self.patterns:
            self._include(app, module)

    @cached_property
    def all(self) -> APIGatewayHttpResolver:
        """A resolver with every route, in the order of `patterns`."""
        app = APIGatewayHttpResolver()
        self.include_all(app)
        return app

    def _include(self, app: APIGatewayHttpResolver, module: str) -> None:
        if (app, module) not in self._included:
            app.include_router(import_module(f".{module}", self._package).router)
            self._included.add((app, module))
