"""What `dropcast doctor` checks with the operator's AWS credentials, beside the checks of dropcast.health."""
