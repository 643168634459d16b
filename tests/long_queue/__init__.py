"""One account with a queue of many days, with moto's tables, random faults and simulated time."""
