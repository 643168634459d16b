"""Uploads of callers' files into our bucket, in parts."""
