"""Connections to TikTok API for Business: their consent, their rows, their tokens."""
