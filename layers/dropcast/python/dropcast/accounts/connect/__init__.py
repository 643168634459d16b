"""Connects an account by OAuth: the one-time link, the consent at TikTok, the pages, the write of the connection."""
