"""The logger of the library and of the API's routes.

Its lines also have the fields that the function's own Logger has added.
"""

from aws_lambda_powertools import Logger

logger = Logger(child=True)
