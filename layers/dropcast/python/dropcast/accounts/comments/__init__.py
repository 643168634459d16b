"""Comments below an account's own videos, by TikTok API for Business."""
