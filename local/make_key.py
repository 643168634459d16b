"""Print a new API key for the stack that the environment names."""

from dropcast.access.keys import create_key

if __name__ == "__main__":
    print(create_key("local", frozenset({"admin"}))[1])
