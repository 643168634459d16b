"""Used by all clients: the HTTP client, and lenient parsing of answers."""
