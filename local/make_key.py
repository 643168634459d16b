"""Print a new API key for the stack that the environment names."""

import sys

from dropcast.access.keys import create_key
from dropcast.errors.problem import Problem

if __name__ == "__main__":
    made = create_key("local", frozenset({"admin"}))
    if isinstance(made, Problem):
        sys.exit(made.message)
    print(made[1])
