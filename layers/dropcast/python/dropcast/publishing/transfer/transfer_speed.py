"""Measures the seconds per gigabyte of a transfer, for the operator's alarm on slow transfers."""

from aws_lambda_powertools.metrics import MetricUnit

from dropcast.function_telemetry import emit_metric

# A run with fewer bytes would mostly measure the time to connect.
_BYTES_MIN = 50_000_000
_GIGABYTE = 1_000_000_000


def emit_speed(sent: int, seconds: float) -> None:
    """Emit the seconds per gigabyte of a run that sent `sent` bytes in `seconds`. Short runs are left out."""
    if sent >= _BYTES_MIN:
        emit_metric("TransferSecondsPerGigabyte", seconds * _GIGABYTE / sent, unit=MetricUnit.Seconds)
