"""Trends: collected from sources in order of trust, stored as snapshots and as a history."""
