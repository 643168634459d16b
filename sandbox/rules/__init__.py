"""TikTok's rules for what is posted."""
