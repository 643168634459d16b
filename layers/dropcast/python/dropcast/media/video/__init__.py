"""Checks whether TikTok accepts a video, and finds the ffmpeg command that converts a video."""
