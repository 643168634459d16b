"""TikTok's API as functions: what was asked, and what TikTok said. No AWS in here."""
