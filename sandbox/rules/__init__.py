"""TikTok's rules for posts and their media."""
