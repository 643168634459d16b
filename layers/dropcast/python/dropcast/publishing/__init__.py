"""A publish: from the request to TikTok's verdict."""
