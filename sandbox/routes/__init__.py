"""TikTok's open API: its pages and routes."""
