"""For all tests: hypothesis draws the same examples in every run, so that a red test is a change and not a day.

Exploring is for the fuzzers; what they find becomes an example here.
"""

from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")
