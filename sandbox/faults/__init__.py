"""Faults that tests inject, and the names of routes."""
