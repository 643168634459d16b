"""What failed in a deployment, and how an operator puts it back. Nothing that is put back posts twice."""
