"""Requests to addresses that callers of the API chose: checked addresses, signed bodies."""
