"""The exit codes of the command, by kind of error. docs/cli.md lists them."""

NOT_PUBLISHED = 1
"""A publish cannot be posted, or it ended without a post."""
WRONG_INPUT = 2
"""An option or a file is wrong. Typer uses this code for a wrong command line."""
REFUSED = 3
"""The API refused the request, or the state of the object does not allow it."""
KEY_REFUSED = 4
"""There is no API key, the key is wrong, or the key does not allow the request."""
NOT_FOUND = 5
"""The API does not know the object."""
LATER = 6
"""A budget or a rate limit is used up, or the maximum wait has passed. The same command may succeed later."""
UNANSWERED = 7
"""Dropcast or TikTok did not answer, or failed."""
NO_DEPLOYMENT = 8
"""The profile or the stack does not exist, or AWS refused the call."""
INTERRUPTED = 130
"""Ctrl-C."""
