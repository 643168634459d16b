"""The outbox: a change and its event are written in one transaction; later the event is relayed to the bus."""
