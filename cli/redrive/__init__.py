"""Finds what failed in a deployment, and retries it. A retry never causes a second post."""
