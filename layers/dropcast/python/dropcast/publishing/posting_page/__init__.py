"""The posting page of the console: its form, what it shows, and the request that it builds (protocol section 10.5)."""
