"""Dropcast: publish to TikTok from your own AWS account."""

import gc

# Imports create tens of thousands of objects, and all of them stay in use. Without this freeze each garbage collection
# searches them all, which takes a seventh of a cold start.
gc.set_threshold(100_000)
