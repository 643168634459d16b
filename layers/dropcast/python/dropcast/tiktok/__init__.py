"""The client of TikTok's API, without AWS code."""
