"""The sources of trends, each a function that answers `Found` or `Failed`."""
