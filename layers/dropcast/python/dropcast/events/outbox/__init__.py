"""The outbox: events are written with the change that they tell of, and relayed to the bus."""
