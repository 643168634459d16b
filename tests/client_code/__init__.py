"""Writes the generated modules of the Python client: models, and one method for each operation of the API."""
