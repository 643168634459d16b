"""Measurements. Nothing else depends on them."""
