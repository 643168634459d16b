"""Creates an API key for the stack in the environment's settings, and prints it."""

import sys

from dropcast.access.keys import create_key
from dropcast.errors.problem import Problem

if __name__ == "__main__":
    made = create_key("local", frozenset({"admin"}))
    if isinstance(made, Problem):
        sys.exit(made.message)
    print(made[1])
