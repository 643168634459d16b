"""The health of a deployment as far as the deployment itself can tell, in words for people and with the fix."""
