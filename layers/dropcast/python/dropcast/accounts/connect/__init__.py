"""Connects an account by OAuth: the one-time link, the consent at TikTok, the pages, and the stored connection."""
