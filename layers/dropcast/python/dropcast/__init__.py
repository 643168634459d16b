"""Dropcast: publish to TikTok from your own AWS account."""

import gc

# Imports create tens of thousands of objects, and all of them stay in use. With Python's own threshold the garbage
# collector would search them again and again during the imports. That would take a seventh of a cold start.
gc.set_threshold(100_000)
