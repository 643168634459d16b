"""Webhook endpoints as the operator manages them: rows, secrets, backoff."""
