"""The rows of publishes in DynamoDB, and what finds them."""
