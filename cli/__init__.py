"""The `dropcast` command."""
