"""Requests to addresses that API callers chose: checks of addresses, signatures of bodies."""
