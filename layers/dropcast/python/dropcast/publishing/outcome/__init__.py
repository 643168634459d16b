"""Decides how a publish ends: facts from TikTok's webhooks and status, the verdict, the rechecks and the sweep."""
