"""Checks of a deployment's health that the deployment itself can make. Their results are texts for people."""
