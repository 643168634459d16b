"""How often we may ask TikTok, or post, for one account."""
