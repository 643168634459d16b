"""The HTTP client and the lenient parsing of answers, which all clients use."""
