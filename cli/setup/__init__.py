"""The steps of `dropcast setup`.

Each step first checks what is already done, so that setup continues where it stopped.
"""
