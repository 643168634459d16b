"""What a deployment can tell about its own health, in words and with the fix."""
