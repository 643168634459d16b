"""The state of a running sandbox, in memory."""
