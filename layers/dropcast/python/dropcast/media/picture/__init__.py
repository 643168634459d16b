"""Pictures: read, converted and repaired, so that TikTok accepts them."""
