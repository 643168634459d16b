"""The sources of trends."""
