"""Decides when a publish may call TikTok. Checks the account, takes a budget slot, and holds the publish until that
slot.
"""
