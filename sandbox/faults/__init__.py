"""Failures made to order, and the routes that they name."""
