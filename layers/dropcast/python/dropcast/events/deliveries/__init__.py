"""Deliveries of events to webhook endpoints: fan-out, attempts, log, redelivery."""
