"""Deliveries of events to webhook endpoints: fan-out, tries, log, redelivery."""
