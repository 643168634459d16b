"""Events: their models, the outbox, webhook endpoints and deliveries."""
