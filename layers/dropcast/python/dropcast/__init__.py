"""Dropcast: publish to TikTok from your own AWS account."""

import gc

# Imports make objects by the ten thousand, all of which stay: looking for garbage among them over and over takes a
# seventh of a cold start.
gc.set_threshold(100_000)
