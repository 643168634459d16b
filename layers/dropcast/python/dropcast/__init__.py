"""Dropcast: publish to TikTok from your own AWS account."""
