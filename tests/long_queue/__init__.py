"""One account with a queue of many days, on moto's tables, with random faults and simulated time."""
