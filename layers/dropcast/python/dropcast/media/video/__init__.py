"""Checks whether TikTok accepts a video, and how to convert a video that it does not accept."""
