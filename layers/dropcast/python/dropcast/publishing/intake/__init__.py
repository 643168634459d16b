"""Accepts publishes: validates a request or a drop, stores the publish and starts its execution."""
