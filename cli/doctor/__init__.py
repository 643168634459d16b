"""The checks of `dropcast doctor` that need the operator's AWS credentials, in addition to those of dropcast.health."""
