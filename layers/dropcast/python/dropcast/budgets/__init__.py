"""Rate limits and quotas per account, and the queue of publishes that wait for them."""
