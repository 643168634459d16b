"""Decides when a publish may call TikTok, by the account's state, the budget slot and the holds."""
