"""Dropcast: publish to TikTok from your own AWS account."""

import gc

# Imports create tens of thousands of objects, and all of them stay in use. Searching them for garbage again and again
# takes a seventh of a cold start.
gc.set_threshold(100_000)
