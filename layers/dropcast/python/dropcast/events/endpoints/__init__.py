"""Webhook endpoints, which the operator manages: rows, secrets, backoff."""
