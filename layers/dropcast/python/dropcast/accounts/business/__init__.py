"""Connections to TikTok API for Business: consent, rows and tokens."""
