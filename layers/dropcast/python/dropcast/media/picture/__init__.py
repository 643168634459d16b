"""Reads, converts and repairs pictures so that TikTok accepts them."""
