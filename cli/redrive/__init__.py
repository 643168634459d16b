"""Finds what failed in a deployment, and puts it back for an operator. This never causes a second post."""
