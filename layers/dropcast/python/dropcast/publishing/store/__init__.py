"""The rows of publishes in DynamoDB, and their indexes and lists."""
