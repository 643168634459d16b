"""The number of examples that hypothesis tries: few in the usual run, many in `make deep`.

The usual run has the same examples each time, so that a change is judged by the change. `make deep` finds new ones.
"""

from hypothesis import settings

settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("deep", max_examples=2500, deadline=None)
settings.load_profile("quick")

_DEEP = 25


def examples(quick: int) -> int:
    """`quick` examples, or 25 times as many in the profile "deep"."""
    return quick * _DEEP if settings.get_current_profile_name() == "deep" else quick
