"""Decides how a publish ends, from the facts that TikTok reports. Also contains the rechecks and the sweep."""
