"""TikTok's rules for media, and the inspection and conversion of files."""
