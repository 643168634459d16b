"""From a request or a drop to a stored publish."""
