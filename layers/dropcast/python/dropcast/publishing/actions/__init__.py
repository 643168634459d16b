"""A caller's actions on a publish: cancel, edit, retry, restart, resolve."""
