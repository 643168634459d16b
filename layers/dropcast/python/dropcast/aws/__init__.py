"""AWS: clients, DynamoDB items and writes, and the vault for secrets."""
