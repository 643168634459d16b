"""Uploads files, publishes them and follows the publish. Shows the progress on a terminal or in a pipe."""
