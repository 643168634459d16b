"""Transfers the bytes of a video from S3 to TikTok, chunk by chunk."""
