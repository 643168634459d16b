"""The sources of trends. Each is a function that returns `Found` or `Failed`."""
