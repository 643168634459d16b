"""Trends: sources in order of trust, the snapshot store. Nothing yet but the schedule that will collect them."""
