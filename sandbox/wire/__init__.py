"""Middleware around each request: the journal entry, faults and degradations."""
