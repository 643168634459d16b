"""What a person can do with a publish: cancel, edit, retry, restart, resolve."""
