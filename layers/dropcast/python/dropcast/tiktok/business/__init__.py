"""TikTok API for Business: another host, another envelope, other tokens (protocol section 12)."""
