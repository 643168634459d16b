"""Comments below an account's own videos, through TikTok API for Business."""
