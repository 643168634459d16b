"""What all clients share: HTTP clients, and answers of any shape read safely."""
