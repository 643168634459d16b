"""The client of TikTok API for Business, which has its own host, envelope and tokens (protocol section 12)."""
