"""What a running sandbox knows, in memory."""
