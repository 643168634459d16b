"""Finds what failed in a deployment, and puts it back to be tried again. This never causes a second post."""
