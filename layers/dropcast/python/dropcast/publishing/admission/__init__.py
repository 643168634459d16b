"""Decides when a publish may call TikTok: by the account's state, its budgets, and the hold until the next try."""
