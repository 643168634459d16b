"""The client of TikTok API for Business, with its own host, envelope and tokens (protocol section 12)."""
