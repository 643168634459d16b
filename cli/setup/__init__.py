"""The steps of `dropcast setup`.

Each step first checks what is done already, so that setup continues where it stopped.
"""
