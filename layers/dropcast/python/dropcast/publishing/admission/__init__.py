"""Decides when a publish may call TikTok: its account's state, its budget slot, its holds."""
