"""Measures which share of its processor time this Lambda function uses."""

import os

from dropcast import clock

# AWS, "Configure Lambda function memory": a function with this memory has one core.
_CORE_MB = 1769


class ProcessorUse:
    """The processor time that one thread may use, and how much of it this process has used since `begin`."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Measure from now on."""
        self._began_at, self._used_before = clock.monotonic(), clock.processor_seconds()

    def share(self) -> float:
        """The used processor time as a share of what one thread could have used: about 1 if the processor is the
        bottleneck.
        """
        could = (clock.monotonic() - self._began_at) * _cores_of_a_thread()
        return (clock.processor_seconds() - self._used_before) / could if could else 0.0


def _cores_of_a_thread() -> float:
    """How many cores one thread can use: at most one, and less if the function has little memory."""
    memory_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    return min(int(memory_mb) / _CORE_MB, 1.0) if memory_mb else 1.0
