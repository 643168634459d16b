"""What `dropcast doctor` checks with the operator's AWS credentials, in addition to the checks of dropcast.health."""
