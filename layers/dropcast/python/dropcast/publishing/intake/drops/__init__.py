"""Drops: objects under drop/{account_id}/ that become publishes."""
