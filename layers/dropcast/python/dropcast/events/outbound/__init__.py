"""Requests to addresses that a caller of the API chose: checked addresses, signed bodies."""
