"""Uploads files, publishes them and follows the publish, with progress on a terminal or in a pipe."""
